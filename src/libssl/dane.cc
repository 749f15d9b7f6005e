// SSL_CTX_dane_enable(3).
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <limits>
#include <memory>

#include "libssl/dane_state.h"
#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

struct Tlsa {
  std::uint8_t usage;
  std::uint8_t selector;
  std::uint8_t type;
  const unsigned char* data;
  std::size_t size;
};

const EVP_MD* digest_for(const dane_ctx_st& types, std::uint8_t type) {
  return type <= types.mdmax ? types.mdevp[type] : nullptr;
}

// A context may have flags long before it has matching types.
bool has_types(const SSL_CTX* ctx) { return ctx->dane && !ctx->dane->digests.empty(); }

void give_types(SSL_CTX* ctx) {
  if (has_types(ctx)) return;
  auto enabled = std::make_unique<DaneContext>();
  if (ctx->dane) enabled->view.flags = ctx->dane->view.flags;
  ctx->dane = std::move(enabled);
}

// The flags of the context are those that SSL_new found.
DaneRecords& records_of(SSL* ssl) {
  ColdState& cold = ssl->cold_state();
  if (!cold.dane) cold.dane = std::make_unique<DaneRecords>(0);
  return *cold.dane;
}

Result<void> check_fields(const dane_ctx_st& types, const Tlsa& given) {
  if (given.size > std::numeric_limits<int>::max()) {
    return silent_error(Reason::dane_tlsa_bad_data_length);
  }
  if (given.usage > tlsa::kUsageLast) return silent_error(Reason::dane_tlsa_bad_certificate_usage);
  if (given.selector > tlsa::kSelectorLast) return silent_error(Reason::dane_tlsa_bad_selector);
  if (given.type != tlsa::kMatchFull) {
    const EVP_MD* digest = digest_for(types, given.type);
    if (digest == nullptr) return silent_error(Reason::dane_tlsa_bad_matching_type);
    if (given.size != static_cast<std::size_t>(EVP_MD_get_size(digest))) {
      return silent_error(Reason::dane_tlsa_bad_digest_length);
    }
  }
  if (given.data == nullptr) return silent_error(Reason::dane_tlsa_null_data);
  return {};
}

// A whole certificate must be one; a trust anchor's is kept, since the peer may leave it out.
Result<void> take_certificate(ssl_dane_st& dane, const Tlsa& given) {
  const unsigned char* cursor = given.data;
  X509Ptr certificate(d2i_X509(nullptr, &cursor, static_cast<long>(given.size)));
  if (!certificate || cursor != given.data + given.size ||
      X509_get0_pubkey(certificate.get()) == nullptr) {
    return silent_error(Reason::dane_tlsa_bad_certificate);
  }
  const bool anchor = given.usage == tlsa::kUsagePkixTa || given.usage == tlsa::kUsageDaneTa;
  if (!anchor) return {};
  if (dane.certs == nullptr) dane.certs = sk_X509_new_null();
  if (dane.certs == nullptr || sk_X509_push(dane.certs, certificate.get()) == 0) {
    return silent_error(Reason::malloc_failure);
  }
  disown(certificate);
  return {};
}

Result<void> take_public_key(danetls_record_st& record, const Tlsa& given) {
  const unsigned char* cursor = given.data;
  EvpPkeyPtr key(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(given.size)));
  if (!key || cursor != given.data + given.size) {
    return silent_error(Reason::dane_tlsa_bad_public_key);
  }
  if (given.usage == tlsa::kUsageDaneTa) record.spki = key.release();
  return {};
}

Result<TlsaRecordPtr> make_record(ssl_dane_st& dane, const Tlsa& given) {
  TlsaRecordPtr record(static_cast<danetls_record_st*>(OPENSSL_zalloc(sizeof(danetls_record_st))));
  if (!record) return silent_error(Reason::malloc_failure);
  record->usage = given.usage;
  record->selector = given.selector;
  record->mtype = given.type;
  record->dlen = given.size;
  record->data = static_cast<unsigned char*>(OPENSSL_memdup(given.data, given.size));
  if (record->data == nullptr && given.size != 0) return silent_error(Reason::malloc_failure);
  if (given.type == tlsa::kMatchFull) {
    if (given.selector == tlsa::kSelectorCertificate) {
      TRY(take_certificate(dane, given));
    } else {
      TRY(take_public_key(*record, given));
    }
  }
  return record;
}

// libcrypto wants them in descending order of usage, selector and strength (RFC 7671 §9).
int place_for(const ssl_dane_st& dane, const Tlsa& given) {
  const auto rank = [&](std::uint8_t usage, std::uint8_t selector, std::uint8_t type) {
    return usage << 16 | selector << 8 | dane.dctx->mdord[type];
  };
  const int own = rank(given.usage, given.selector, given.type);
  const int count = OPENSSL_sk_num(dane.trecs);
  for (int i = 0; i < count; ++i) {
    const auto* other = static_cast<const danetls_record_st*>(OPENSSL_sk_value(dane.trecs, i));
    if (rank(other->usage, other->selector, other->mtype) <= own) return i;
  }
  return count;
}

// 1, 0 for a record that is wrong, -1 for another error.
int add_record(SSL* ssl, const Tlsa& given, Place place) {
  DaneRecords& records = records_of(ssl);
  if (!records.enabled()) {
    raise(Reason::dane_not_enabled, place);
    return -1;
  }
  ssl_dane_st& dane = records.view;
  const Result<void> right = check_fields(*dane.dctx, given);
  if (!right) {
    raise(right.error(), place);
    return 0;
  }
  Result<TlsaRecordPtr> record = make_record(dane, given);
  if (!record) {
    raise(record.error(), place);
    return record.error().reason == Reason::malloc_failure ? -1 : 0;
  }
  if (OPENSSL_sk_insert(dane.trecs, record->get(), place_for(dane, given)) == 0) {
    raise(Reason::malloc_failure, place);
    return -1;
  }
  disown(*record);
  dane.umask |= std::uint32_t{1} << given.usage;
  return 1;
}

int enable(SSL* ssl, const char* domain, Place place) {
  if (!has_types(ssl->ctx)) {
    raise(Reason::context_not_dane_enabled, place);
    return 0;
  }
  DaneRecords& records = records_of(ssl);
  if (records.enabled()) {
    raise(Reason::dane_already_enabled, place);
    return 0;
  }
  // The name to ask for first: it refuses what the verification would take for "any".
  const bool named = !config_of(ssl).server_name.empty() ||
                     SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                              const_cast<char*>(domain)) == 1;
  X509_VERIFY_PARAM* param = edit(ssl->param);
  if (!named || param == nullptr || X509_VERIFY_PARAM_set1_host(param, domain, 0) != 1) {
    raise(Reason::error_setting_tlsa_base_domain, place);
    return -1;
  }
  records.view.dctx = &ssl->ctx->dane->view;
  records.view.trecs = OPENSSL_sk_new_null();
  if (records.view.trecs == nullptr) {
    raise(Reason::malloc_failure, place);
    return -1;
  }
  return 1;
}

// The match of a verification that succeeded, or null.
const ssl_dane_st* verified(const SSL* ssl) {
  if (!ssl->cold || !ssl->cold->dane || !ssl->cold->dane->active()) return nullptr;
  return ssl->verifier.result() == X509_V_OK ? &ssl->cold->dane->view : nullptr;
}

template <class T, class From>
void put(T* to, From value) {
  if (to != nullptr) *to = value;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

int SSL_CTX_dane_enable(SSL_CTX* ctx) {
  return guard(0, [&] {
    give_types(ctx);
    return 1;
  });
}

int SSL_CTX_dane_mtype_set(SSL_CTX* ctx, const EVP_MD* md, uint8_t mtype, uint8_t ord) {
  return checked([&]() -> Result<void> {
    if (mtype == tlsa::kMatchFull && md != nullptr) {
      return silent_error(Reason::dane_cannot_override_mtype_full);
    }
    give_types(ctx);
    ctx->dane->set(mtype, md, ord);
    return {};
  });
}

// The flags before.
unsigned long SSL_CTX_dane_set_flags(SSL_CTX* ctx, unsigned long flags) {
  return guard(0ul, [&] {
    if (!ctx->dane) {
      ctx->dane = std::make_unique<DaneContext>();
      ctx->dane->digests.clear();
    }
    const unsigned long before = ctx->dane->view.flags;
    ctx->dane->view.flags |= flags;
    return before;
  });
}

unsigned long SSL_CTX_dane_clear_flags(SSL_CTX* ctx, unsigned long flags) {
  if (!ctx->dane) return 0;
  const unsigned long before = ctx->dane->view.flags;
  ctx->dane->view.flags &= ~flags;
  return before;
}

int SSL_dane_enable(SSL* s, const char* basedomain) {
  const Place place = Place::here();
  return guard(-1, [&] { return enable(s, basedomain, place); });
}

unsigned long SSL_dane_set_flags(SSL* ssl, unsigned long flags) {
  return guard(0ul, [&] {
    ssl_dane_st& dane = records_of(ssl).view;
    const unsigned long before = dane.flags;
    dane.flags |= flags;
    return before;
  });
}

unsigned long SSL_dane_clear_flags(SSL* ssl, unsigned long flags) {
  return guard(0ul, [&] {
    ssl_dane_st& dane = records_of(ssl).view;
    const unsigned long before = dane.flags;
    dane.flags &= ~flags;
    return before;
  });
}

int SSL_dane_tlsa_add(SSL* s, uint8_t usage, uint8_t selector, uint8_t mtype,
                      const unsigned char* data, size_t dlen) {
  const Place place = Place::here();
  return guard(-1, [&] { return add_record(s, {usage, selector, mtype, data, dlen}, place); });
}

SSL_DANE* SSL_get0_dane(SSL* ssl) {
  return guard<SSL_DANE*>(nullptr, [&] { return &records_of(ssl).view; });
}

// The depth of the match, -1 without one.
int SSL_get0_dane_authority(SSL* s, X509** mcert, EVP_PKEY** mspki) {
  const ssl_dane_st* dane = verified(s);
  if (dane == nullptr) return -1;
  if (dane->mtlsa != nullptr) {
    put(mcert, dane->mcert);
    put(mspki, dane->mcert == nullptr ? dane->mtlsa->spki : nullptr);
  }
  return dane->mdpth;
}

int SSL_get0_dane_tlsa(SSL* s, uint8_t* usage, uint8_t* selector, uint8_t* mtype,
                       const unsigned char** data, size_t* dlen) {
  const ssl_dane_st* dane = verified(s);
  if (dane == nullptr) return -1;
  if (dane->mtlsa != nullptr) {
    put(usage, dane->mtlsa->usage);
    put(selector, dane->mtlsa->selector);
    put(mtype, dane->mtlsa->mtype);
    put(data, dane->mtlsa->data);
    put(dlen, dane->mtlsa->dlen);
  }
  return dane->mdpth;
}

}  // extern "C"
