#include "libssl/ct_check.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

struct PolicyFree {
  void operator()(CT_POLICY_EVAL_CTX* policy) const { CT_POLICY_EVAL_CTX_free(policy); }
};
struct ResponseFree {
  void operator()(OCSP_RESPONSE* response) const { OCSP_RESPONSE_free(response); }
};
struct BasicFree {
  void operator()(OCSP_BASICRESP* response) const { OCSP_BASICRESP_free(response); }
};

// Moves the timestamps of `from` to the end of `to`, noting where they came from.
bool append(STACK_OF(SCT) * to, SctListPtr from, sct_source_t source) {
  if (!from) return true;
  while (sk_SCT_num(from.get()) > 0) {
    SCT* sct = sk_SCT_shift(from.get());
    if (SCT_set_source(sct, source) != 1 || sk_SCT_push(to, sct) == 0) {
      SCT_free(sct);
      return false;
    }
  }
  return true;
}

// False only for a list that cannot be read; none at all is no failure.
bool append_from_extension(STACK_OF(SCT) * to, const Bytes& list) {
  if (list.empty()) return true;
  const unsigned char* cursor = list.data();
  SctListPtr scts(o2i_SCT_LIST(nullptr, &cursor, list.size()));
  return scts && append(to, std::move(scts), SCT_SOURCE_TLS_EXTENSION);
}

bool append_from_staple(STACK_OF(SCT) * to, const Bytes& staple) {
  if (staple.empty()) return true;
  const unsigned char* cursor = staple.data();
  const std::unique_ptr<OCSP_RESPONSE, ResponseFree> response(
      d2i_OCSP_RESPONSE(nullptr, &cursor, static_cast<long>(staple.size())));
  if (!response) return true;
  const std::unique_ptr<OCSP_BASICRESP, BasicFree> basic(OCSP_response_get1_basic(response.get()));
  if (!basic) return true;
  for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(basic.get(), i);
    SctListPtr scts(static_cast<STACK_OF(SCT)*>(
        OCSP_SINGLERESP_get1_ext_d2i(single, NID_ct_cert_scts, nullptr, nullptr)));
    if (!append(to, std::move(scts), SCT_SOURCE_OCSP_STAPLED_RESPONSE)) return false;
  }
  return true;
}

bool append_from_certificate(STACK_OF(SCT) * to, const X509* certificate) {
  if (certificate == nullptr) return true;
  SctListPtr scts(static_cast<STACK_OF(SCT)*>(
      X509_get_ext_d2i(certificate, NID_ct_precert_scts, nullptr, nullptr)));
  return append(to, std::move(scts), SCT_SOURCE_X509V3_EXTENSION);
}

// RFC 7671 §4.2: with a trust anchor from the DNS the public logs have no say.
bool dane_decides(const SSL* ssl) {
  if (!ssl->cold || !ssl->cold->dane || !ssl->cold->dane->active()) return false;
  const danetls_record_st* match = ssl->cold->dane->view.mtlsa;
  return match != nullptr && match->usage >= tlsa::kUsageDaneTa;
}

constexpr Error failure(Reason reason) { return {reason, AlertDescription::handshake_failure}; }

}  // namespace

SctListPtr collect_scts(const SSL* ssl) {
  const Negotiated& negotiated = ssl->connection.negotiated();
  SctListPtr scts(sk_SCT_new_null());
  const X509* leaf = negotiated.peer ? negotiated.peer->leaf() : nullptr;
  if (!scts || !append_from_extension(scts.get(), negotiated.sct) ||
      !append_from_staple(scts.get(), negotiated.ocsp_response) ||
      !append_from_certificate(scts.get(), leaf)) {
    return nullptr;
  }
  return scts;
}

Result<void> check_scts(SSL* ssl, const STACK_OF(X509) * verified_chain, long& result) {
  const Callback<ssl_ct_validation_cb> callback = ssl->settings->ct_validation;
  // A chain without an issuer is outside the public key infrastructure that logs are about.
  const bool applies = callback && !is_server(ssl) && result == X509_V_OK &&
                       sk_X509_num(verified_chain) > 1 && !dane_decides(ssl);
  if (!applies) return {};
  const Algorithms& algorithms = *ssl->ctx->algorithms;
  const std::unique_ptr<CT_POLICY_EVAL_CTX, PolicyFree> policy(
      CT_POLICY_EVAL_CTX_new_ex(algorithms.libctx(), algorithms.properties()));
  if (!policy ||
      CT_POLICY_EVAL_CTX_set1_cert(policy.get(), sk_X509_value(verified_chain, 0)) != 1 ||
      CT_POLICY_EVAL_CTX_set1_issuer(policy.get(), sk_X509_value(verified_chain, 1)) != 1) {
    return Error{Reason::malloc_failure, AlertDescription::internal_error};
  }
  CT_POLICY_EVAL_CTX_set_shared_CTLOG_STORE(policy.get(), ssl->ctx->ctlog_store);
  constexpr std::uint64_t kMillisecondsPerSecond = 1000;
  CT_POLICY_EVAL_CTX_set_time(
      policy.get(), static_cast<std::uint64_t>(std::time(nullptr)) * kMillisecondsPerSecond);
  ColdState& cold = ssl->cold_state();
  cold.peer_scts = collect_scts(ssl);
  // Invalid timestamps are the callback's business; only not being able to look is ours.
  if (SCT_LIST_validate(cold.peer_scts.get(), policy.get()) < 0) {
    result = X509_V_ERR_NO_VALID_SCTS;
    return failure(Reason::sct_verification_failed);
  }
  if (callback.invoke(policy.get(), cold.peer_scts.get()) > 0) return {};
  result = X509_V_ERR_NO_VALID_SCTS;
  return failure(Reason::callback_failed);
}

}  // namespace ciao::tls
