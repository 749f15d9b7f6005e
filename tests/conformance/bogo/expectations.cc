#include "expectations.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstdio>
#include <string>
#include <vector>

#include "names.h"

namespace shim {
namespace {

bool expect(bool holds, const char* what) {
  if (!holds) std::fprintf(stderr, "not as expected: %s\n", what);
  return holds;
}

std::string bytes(const unsigned char* data, std::size_t length) {
  return data ? std::string(data, data + length) : std::string();
}

bool same(const std::optional<std::string>& expected, const std::string& found, const char* what) {
  return expect(!expected || *expected == found, what);
}

// libssl 3.0 does not tell the message callback of a ChangeCipherSpec that it received.
std::string without_received_ccs(std::string trace) {
  constexpr std::string_view kLine = "read ccs\n";
  for (auto at = trace.find(kLine); at != std::string::npos; at = trace.find(kLine)) {
    trace.erase(at, kLine.size());
  }
  return trace;
}

bool same_ticket(const SSL_SESSION* one, const SSL_SESSION* other) {
  const unsigned char* data[2] = {};
  std::size_t length[2] = {};
  SSL_SESSION_get0_ticket(one, &data[0], &length[0]);
  SSL_SESSION_get0_ticket(other, &data[1], &length[1]);
  return bytes(data[0], length[0]) == bytes(data[1], length[1]);
}

bool check_resumption(const Connection& connection) {
  const SSL* ssl = connection.ssl.get();
  const Settings& settings = connection.current();
  const bool reused = SSL_session_reused(ssl) == 1;
  if (!expect(reused == (connection.is_resumption && !settings.expect_session_miss),
              reused ? "the session was resumed" : "the session was not resumed")) {
    return false;
  }
  const SSL_SESSION* session = SSL_get_session(ssl);
  if (!connection.is_resumption && settings.server) {
    unsigned int length = 0;
    SSL_SESSION_get_id(session, &length);
    if (!expect(!settings.expect_session_id || length > 0, "no session id") ||
        !expect(!settings.expect_no_session_id || length == 0, "a session id")) {
      return false;
    }
  }
  if (settings.server || SSL_version(ssl) >= TLS1_3_VERSION) return true;
  const bool renewed = reused && !same_ticket(session, connection.offered.get());
  return expect(renewed == (reused && settings.expect_ticket_renewal), "the ticket's renewal") &&
         expect(reused || settings.expect_no_session != SSL_SESSION_is_resumable(session),
                "a session to resume");
}

bool check_alpn(const Connection& connection) {
  const SSL* ssl = connection.ssl.get();
  const Settings& settings = connection.current();
  const unsigned char* data = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl, &data, &length);
  if (!same(settings.expect_alpn, bytes(data, length), "ALPN")) return false;
  SSL_get0_next_proto_negotiated(ssl, &data, &length);
  return same(settings.expect_next_proto, bytes(data, length), "NPN") &&
         // A resumed session asks no callback in 1.2 but does in libssl; it is told the same list.
         (connection.is_resumption ||
          same(settings.expect_advertised_alpn, connection.advertised_alpn, "ALPN offered"));
}

bool check_algorithms(const Connection& connection) {
  SSL* ssl = connection.ssl.get();
  const Settings& settings = connection.current();
  if (settings.expect_version && !expect(SSL_version(ssl) == settings.expect_version, "version")) {
    return false;
  }
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  if (!expect(cipher != nullptr, "no cipher")) return false;
  if (settings.expect_cipher &&
      !expect(SSL_CIPHER_get_protocol_id(cipher) == settings.expect_cipher, "cipher")) {
    return false;
  }
  if (settings.expect_curve_id &&
      !expect(SSL_get_negotiated_group(ssl) == group_nid(settings.expect_curve_id), "group")) {
    return false;
  }
  if (settings.expect_peer_signature_algorithm && !SSL_session_reused(ssl)) {
    const auto expected = scheme_nids(settings.expect_peer_signature_algorithm);
    int kind = 0;
    int digest = 0;
    if (!expect(expected && SSL_get_peer_signature_type_nid(ssl, &kind) && kind == expected->kind &&
                    SSL_get_peer_signature_nid(ssl, &digest) && digest == expected->digest,
                "signature algorithm")) {
      return false;
    }
  }
  std::vector<int> offered;
  for (int i = 0, count = SSL_get_sigalgs(ssl, -1, nullptr, nullptr, nullptr, nullptr, nullptr);
       i < count; ++i) {
    unsigned char signature = 0;
    unsigned char hash = 0;
    SSL_get_sigalgs(ssl, i, nullptr, nullptr, nullptr, &signature, &hash);
    offered.push_back(hash << 8 | signature);
  }
  return expect(
      settings.expect_peer_verify_pref.empty() || settings.expect_peer_verify_pref == offered,
      "the peer's signature algorithms");
}

bool check_peer_chain(const Connection& connection) {
  const Settings& settings = connection.current();
  if (!settings.expect_peer_cert_file) return true;
  SSL* ssl = connection.ssl.get();
  const std::unique_ptr<BIO, Free<BIO_free>> file(
      BIO_new_file(settings.expect_peer_cert_file->c_str(), "r"));
  std::vector<std::unique_ptr<X509, Free<X509_free>>> expected;
  while (X509* certificate = PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)) {
    expected.emplace_back(certificate);
  }
  ERR_clear_error();
  // A server keeps the leaf apart from the rest.
  std::vector<X509*> found;
  if (settings.server) found.push_back(SSL_get0_peer_certificate(ssl));
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) found.push_back(sk_X509_value(chain, i));
  bool equal = !expected.empty() && expected.size() == found.size();
  for (std::size_t i = 0; equal && i < found.size(); ++i) {
    equal = found[i] && X509_cmp(expected[i].get(), found[i]) == 0;
  }
  return expect(equal, "the peer's chain");
}

bool check_certificates(const Connection& connection) {
  SSL* ssl = connection.ssl.get();
  const Settings& settings = connection.current();
  if (settings.expect_verify_result &&
      !expect(SSL_get_verify_result(ssl) ==
                  (settings.verify_fail ? X509_V_ERR_APPLICATION_VERIFICATION : X509_V_OK),
              "the verification's result")) {
    return false;
  }
  const unsigned char* response = nullptr;
  const long length = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
  const std::string stapled = bytes(response, length > 0 ? static_cast<std::size_t>(length) : 0);
  const unsigned char* types = nullptr;
  const std::size_t type_count = SSL_get0_certificate_types(ssl, &types);
  if (!same(settings.expect_certificate_types, bytes(types, type_count), "certificate types")) {
    return false;
  }
  // Sessions do not keep what came with the certificate.
  if (!SSL_session_reused(ssl) &&
      (!same(settings.expect_ocsp_response, stapled, "OCSP response") ||
       !same(settings.expect_signed_cert_timestamps, connection.peer_scts, "SCTs"))) {
    return false;
  }
  if (settings.expect_client_ca_list) {
    std::string names;
    const STACK_OF(X509_NAME)* list = SSL_get0_peer_CA_list(ssl);
    for (int i = 0; i < sk_X509_NAME_num(list); ++i) {
      const unsigned char* der = nullptr;
      std::size_t size = 0;
      X509_NAME_get0_der(sk_X509_NAME_value(list, i), &der, &size);
      if (!names.empty()) names += ',';
      char digits[3];
      for (std::size_t at = 0; at < size; ++at) {
        std::snprintf(digits, sizeof digits, "%02x", der[at]);
        names += digits;
      }
    }
    if (names.empty()) names = "<EMPTY>";
    if (!same(settings.expect_client_ca_list, names, "CA names")) return false;
  }
  return check_peer_chain(connection);
}

bool check_early_data(const Connection& connection) {
  const int status = SSL_get_early_data_status(connection.ssl.get());
  const Settings& planned = connection.settings;
  if (!expect(!planned.expect_accept_early_data || status == SSL_EARLY_DATA_ACCEPTED,
              "early data was not accepted") ||
      !expect(!planned.expect_reject_early_data || status != SSL_EARLY_DATA_ACCEPTED,
              "early data was accepted") ||
      !expect(!planned.expect_no_offer_early_data || status == SSL_EARLY_DATA_NOT_SENT,
              "early data was offered")) {
    return false;
  }
  // libssl does not give the reason; this much of it can be seen.
  const auto& reason = connection.current().expect_early_data_reason;
  return expect(!reason || (*reason == "accept") == (status == SSL_EARLY_DATA_ACCEPTED),
                "early data");
}

}  // namespace

bool check_handshake(const Connection& connection) {
  SSL* ssl = connection.ssl.get();
  const Settings& settings = connection.current();
  // The runner takes both as given with TLS 1.3, which has neither extension.
  const bool modern = SSL_version(ssl) >= TLS1_3_VERSION;
  const bool secure = modern || SSL_get_secure_renegotiation_support(ssl) == 1;
  const bool extended = modern || SSL_get_extms_support(ssl) == 1;
  return expect(connection.handshake_done, "the handshake is not done") &&
         check_resumption(connection) && check_alpn(connection) && check_algorithms(connection) &&
         check_certificates(connection) && check_early_data(connection) &&
         expect(!settings.expect_extended_master_secret || extended, "no extended master secret") &&
         expect(!settings.expect_secure_renegotiation || secure, "no secure renegotiation") &&
         expect(!settings.expect_no_secure_renegotiation || !secure, "secure renegotiation") &&
         expect(!settings.expect_hrr || connection.client_hellos == 2, "no HelloRetryRequest") &&
         expect(!settings.expect_no_hrr || connection.client_hellos == 1, "HelloRetryRequest") &&
         expect(settings.psk.empty() || !SSL_get0_peer_certificate(ssl),
                "a certificate beside a PSK");
}

bool check_afterwards(const Connection& connection) {
  SSL* ssl = connection.ssl.get();
  const Settings& settings = connection.current();
  if (!expect(SSL_total_renegotiations(ssl) == settings.expect_total_renegotiations,
              "the number of renegotiations")) {
    return false;
  }
  if (settings.expect_msg_callback && without_received_ccs(*settings.expect_msg_callback) !=
                                          without_received_ccs(connection.trace)) {
    std::fprintf(stderr, "messages were:\n%s", connection.trace.c_str());
    return false;
  }
  if (settings.server || SSL_version(ssl) < TLS1_3_VERSION) return true;
  const SSL_SESSION* session = connection.new_session.get();
  const bool wanted = !settings.expect_no_session && !settings.shim_shuts_down;
  return expect((session != nullptr) == wanted, session ? "a ticket came" : "no ticket came") &&
         expect(!session || (SSL_SESSION_get_max_early_data(session) > 0) ==
                                settings.expect_ticket_supports_early_data,
                "early data with the ticket");
}

}  // namespace shim
