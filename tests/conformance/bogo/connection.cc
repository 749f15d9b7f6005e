#include "connection.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>

#include "callbacks.h"
#include "dripping_bio.h"
#include "names.h"

namespace shim {
namespace {

using Names = std::unique_ptr<STACK_OF(X509_NAME), decltype([](STACK_OF(X509_NAME) * names) {
                                sk_X509_NAME_pop_free(names, X509_NAME_free);
                              })>;

// What the runner takes for granted of a shim that is told nothing else: no policy of strength, the
// three groups of its own client, servers of before RFC 5746, early data whose replay is not looked
// for.
// ciao has key exchange by RSA only for those who name it.
constexpr char kCiphers[] = "ALL:kRSA:!aNULL:!eNULL";
const std::vector<int> kGroups = {29, 23, 24};
// The runner sends one byte more to see it refused.
constexpr std::uint32_t kMaxEarlyData = 14336;

int connection_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool any(const Plan& plan, auto Settings::* member) {
  return plan.initial.*member != decltype(plan.initial.*member){} ||
         plan.resume.*member != decltype(plan.initial.*member){};
}

// "<NULL>", "<EMPTY>", or names in hexadecimal DER with commas between.
Names parse_names(const std::string& list) {
  if (list == "<NULL>") return nullptr;
  Names names(sk_X509_NAME_new_null());
  if (list == "<EMPTY>") return names;
  std::istringstream stream(list);
  for (std::string hex; std::getline(stream, hex, ',');) {
    long length = 0;
    const std::unique_ptr<unsigned char,
                          decltype([](unsigned char* bytes) { OPENSSL_free(bytes); })>
        der(OPENSSL_hexstr2buf(hex.c_str(), &length));
    const unsigned char* at = der.get();
    X509_NAME* name = der ? d2i_X509_NAME(nullptr, &at, length) : nullptr;
    if (!name) return nullptr;
    sk_X509_NAME_push(names.get(), name);
  }
  return names;
}

std::uint64_t options(const Settings& settings) {
  std::uint64_t set = SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_ANTI_REPLAY;
  if (settings.no_tls13) set |= SSL_OP_NO_TLSv1_3;
  if (settings.no_tls12) set |= SSL_OP_NO_TLSv1_2;
  if (settings.no_tls11) set |= SSL_OP_NO_TLSv1_1;
  if (settings.no_tls1) set |= SSL_OP_NO_TLSv1;
  if (settings.no_ticket) set |= SSL_OP_NO_TICKET;
  if (settings.server_preference) set |= SSL_OP_CIPHER_SERVER_PREFERENCE;
  if (!settings.renegotiate_freely && !settings.renegotiate_once) set |= SSL_OP_NO_RENEGOTIATION;
  return set;
}

bool configure_policy(SSL* ssl, const Settings& settings) {
  SSL_set_security_level(ssl, 0);
  SSL_set_options(ssl, options(settings));
  if (settings.fallback_scsv) SSL_set_mode(ssl, SSL_MODE_SEND_FALLBACK_SCSV);
  if (settings.partial_write) SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE);
  const std::string& ciphers = settings.cipher.empty() ? kCiphers : settings.cipher;
  const auto groups = group_names(settings.curves.empty() ? kGroups : settings.curves);
  if (!SSL_set_min_proto_version(ssl,
                                 settings.min_version ? settings.min_version : TLS1_2_VERSION) ||
      !SSL_set_max_proto_version(ssl, settings.max_version) ||
      !SSL_set_cipher_list(ssl, ciphers.c_str()) || !SSL_set1_groups_list(ssl, groups->c_str())) {
    return false;
  }
  // Each role has a list for its own signatures and one for its peer's.
  const auto& own = settings.server ? settings.signing_prefs : settings.verify_prefs;
  const auto& clients = settings.server ? settings.verify_prefs : settings.signing_prefs;
  return (own.empty() || SSL_set1_sigalgs_list(ssl, scheme_names(own)->c_str())) &&
         (clients.empty() || SSL_set1_client_sigalgs_list(ssl, scheme_names(clients)->c_str()));
}

bool configure_identity(SSL* ssl, const Settings& settings) {
  if (settings.async || settings.fail_cert_callback) {
    if (!settings.use_old_client_cert_callback) SSL_set_cert_cb(ssl, on_certificate, nullptr);
  } else if (!settings.use_old_client_cert_callback && !use_certificate(ssl, settings)) {
    return false;
  }
  int mode = settings.verify_peer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
  if (settings.require_any_client_certificate) {
    mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  SSL_set_verify(ssl, mode, nullptr);
  if (settings.use_client_ca_list) {
    SSL_set_client_CA_list(ssl, parse_names(*settings.use_client_ca_list).release());
  }
  if (settings.max_cert_list) SSL_set_max_cert_list(ssl, settings.max_cert_list);
  if (!settings.psk.empty()) {
    SSL_set_psk_client_callback(ssl, on_psk_client);
    SSL_set_psk_server_callback(ssl, on_psk_server);
    if (!SSL_use_psk_identity_hint(ssl, settings.psk_identity.c_str())) return false;
  }
  return true;
}

bool configure_extensions(SSL* ssl, const Settings& settings) {
  if (!settings.host_name.empty() && !SSL_set_tlsext_host_name(ssl, settings.host_name.c_str())) {
    return false;
  }
  const std::string& alpn = settings.advertise_alpn;
  // These two functions answer 0 for success.
  if (!settings.srtp_profiles.empty() &&
      SSL_set_tlsext_use_srtp(ssl, settings.srtp_profiles.c_str()) != 0) {
    return false;
  }
  if (!alpn.empty() && SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(alpn.data()),
                                           static_cast<unsigned int>(alpn.size())) != 0) {
    return false;
  }
  if (settings.enable_ocsp_stapling && !SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp)) {
    return false;
  }
  if (settings.max_send_fragment && !SSL_set_max_send_fragment(ssl, settings.max_send_fragment)) {
    return false;
  }
  if (settings.no_ticket && !SSL_set_num_tickets(ssl, 0)) return false;
  return !settings.server || !settings.enable_early_data ||
         (SSL_set_max_early_data(ssl, kMaxEarlyData) &&
          SSL_set_recv_max_early_data(ssl, kMaxEarlyData));
}

}  // namespace

Connection& Connection::of(const SSL* ssl) {
  return *static_cast<Connection*>(SSL_get_ex_data(ssl, connection_index()));
}

const Settings& Connection::current() const {
  return SSL_get_early_data_status(ssl.get()) == SSL_EARLY_DATA_REJECTED ? retry_settings
                                                                         : settings;
}

bool Connection::configure(SSL_CTX* context, int socket, SSL_SESSION* session) {
  ssl.reset(SSL_new(context));
  if (!ssl || !SSL_set_ex_data(ssl.get(), connection_index(), this)) return false;
  if (!configure_policy(ssl.get(), settings) || !configure_identity(ssl.get(), settings) ||
      !configure_extensions(ssl.get(), settings)) {
    return false;
  }
  BIO* bio = BIO_new_socket(socket, BIO_CLOSE);
  if (!bio) return false;
  if (settings.async) {
    dripping = make_dripping_bio();
    bio = BIO_push(dripping, bio);
  }
  SSL_set_bio(ssl.get(), bio, bio);
  if (session) {
    if (!SSL_set_session(ssl.get(), session)) return false;
    SSL_SESSION_up_ref(session);
    offered.reset(session);
  }
  if (settings.server) {
    SSL_set_accept_state(ssl.get());
  } else {
    SSL_set_connect_state(ssl.get());
  }
  return true;
}

Context make_context(const Plan& plan) {
  Context context(SSL_CTX_new(plan.initial.server ? TLS_server_method() : TLS_client_method()));
  SSL_CTX* made = context.get();
  if (!made) return nullptr;
  static constexpr std::array<unsigned char, 4> kSessionIdContext = {'s', 'h', 'i', 'm'};
  SSL_CTX_set_session_id_context(made, kSessionIdContext.data(), kSessionIdContext.size());
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_BOTH);
  SSL_CTX_sess_set_new_cb(made, on_new_session);
  SSL_CTX_set_info_callback(made, on_info);
  SSL_CTX_set_msg_callback(made, on_message);
  SSL_CTX_set_keylog_callback(made, on_keylog);
  SSL_CTX_set_cert_verify_callback(made, on_verify, nullptr);
  if (plan.initial.server) {
    SSL_CTX_set_client_hello_cb(made, on_client_hello, nullptr);
    SSL_CTX_set_alpn_select_cb(made, on_alpn, nullptr);
  }
  if (any(plan, &Settings::advertise_npn)) {
    SSL_CTX_set_next_protos_advertised_cb(made, on_npn_advertise, nullptr);
  }
  if (any(plan, &Settings::select_next_proto)) {
    SSL_CTX_set_next_proto_select_cb(made, on_npn_select, nullptr);
  }
  if (any(plan, &Settings::use_ocsp_callback) || any(plan, &Settings::ocsp_response)) {
    SSL_CTX_set_tlsext_status_cb(made, on_status);
  }
  if (any(plan, &Settings::use_old_client_cert_callback)) {
    SSL_CTX_set_client_cert_cb(made, on_client_certificate);
  }
  if (any(plan, &Settings::use_ticket_callback)) {
    SSL_CTX_set_tlsext_ticket_key_evp_cb(made, on_ticket_key);
  }
  const bool scts = any(plan, &Settings::enable_signed_cert_timestamps) ||
                    any(plan, &Settings::signed_cert_timestamps);
  if (scts && !SSL_CTX_add_custom_ext(made, TLSEXT_TYPE_signed_certificate_timestamp,
                                      SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
                                          SSL_EXT_TLS1_3_CERTIFICATE | SSL_EXT_IGNORE_ON_RESUMPTION,
                                      on_sct_send, nullptr, nullptr, on_sct_receive, nullptr)) {
    return nullptr;
  }
  return context;
}

bool use_certificate(SSL* ssl, const Settings& settings) {
  if (!settings.cert_file.empty() &&
      SSL_use_certificate_chain_file(ssl, settings.cert_file.c_str()) <= 0) {
    return false;
  }
  return settings.key_file.empty() ||
         SSL_use_PrivateKey_file(ssl, settings.key_file.c_str(), SSL_FILETYPE_PEM) > 0;
}

}  // namespace shim
