// The callbacks that live on the context. Each finds its connection through the SSL object.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "callbacks.h"

namespace shim {
namespace {

int check_server_name(Connection& connection) {
  const auto& expected = connection.settings.expect_server_name;
  if (!expected) return SSL_CLIENT_HELLO_SUCCESS;
  const unsigned char* data = nullptr;
  std::size_t length = 0;
  // RFC 6066 §3: list length, name_type host_name, name length, name.
  if (!SSL_client_hello_get0_ext(connection.ssl.get(), TLSEXT_TYPE_server_name, &data, &length) ||
      length < 5 || std::string(data + 5, data + length) != *expected) {
    std::fprintf(stderr, "another server name than %s\n", expected->c_str());
    return SSL_CLIENT_HELLO_ERROR;
  }
  return SSL_CLIENT_HELLO_SUCCESS;
}

// RFC 6962 §3.3: opaque SerializedSCT<1..2^16-1>; SerializedSCT sct_list<1..2^16-1>.
bool is_sct_list(const unsigned char* data, std::size_t length) {
  if (length < 3 || static_cast<std::size_t>(data[0] << 8 | data[1]) != length - 2) return false;
  for (std::size_t at = 2; at < length;) {
    if (length - at < 2) return false;
    const auto size = static_cast<std::size_t>(data[at] << 8 | data[at + 1]);
    at += 2;
    if (size == 0 || size > length - at) return false;
    at += size;
  }
  return true;
}

}  // namespace

int on_client_hello(SSL* ssl, int* alert, void*) {
  Connection& connection = Connection::of(ssl);
  if (connection.settings.async && connection.settings.use_early_callback &&
      !connection.early_callback_ready) {
    return SSL_CLIENT_HELLO_RETRY;
  }
  if (connection.settings.fail_early_callback) {
    *alert = SSL_AD_HANDSHAKE_FAILURE;
    return SSL_CLIENT_HELLO_ERROR;
  }
  return check_server_name(connection);
}

int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_length,
            const unsigned char* offered, unsigned int offered_length, void*) {
  Connection& connection = Connection::of(ssl);
  const Settings& settings = connection.settings;
  connection.advertised_alpn.assign(offered, offered + offered_length);
  if (settings.reject_alpn) return SSL_TLSEXT_ERR_ALERT_FATAL;
  if (settings.decline_alpn) return SSL_TLSEXT_ERR_NOACK;
  if (settings.select_alpn.empty() && !settings.select_empty_alpn) return SSL_TLSEXT_ERR_NOACK;
  *out = reinterpret_cast<const unsigned char*>(settings.select_alpn.data());
  *out_length = static_cast<unsigned char>(settings.select_alpn.size());
  return SSL_TLSEXT_ERR_OK;
}

int on_npn_advertise(SSL* ssl, const unsigned char** out, unsigned int* length, void*) {
  const std::string& advertised = Connection::of(ssl).settings.advertise_npn;
  if (advertised.empty()) return SSL_TLSEXT_ERR_NOACK;
  *out = reinterpret_cast<const unsigned char*>(advertised.data());
  *length = static_cast<unsigned int>(advertised.size());
  return SSL_TLSEXT_ERR_OK;
}

int on_npn_select(SSL* ssl, unsigned char** out, unsigned char* out_length, const unsigned char*,
                  unsigned int, void*) {
  const std::string& selected = Connection::of(ssl).settings.select_next_proto;
  if (selected.empty()) return SSL_TLSEXT_ERR_NOACK;
  *out = reinterpret_cast<unsigned char*>(const_cast<char*>(selected.data()));
  *out_length = static_cast<unsigned char>(selected.size());
  return SSL_TLSEXT_ERR_OK;
}

bool staple_response(SSL* ssl, const Settings& settings) {
  // libssl takes the memory over.
  void* copy = OPENSSL_memdup(settings.ocsp_response.data(), settings.ocsp_response.size());
  return copy && SSL_set_tlsext_status_ocsp_resp(ssl, copy,
                                                 static_cast<long>(settings.ocsp_response.size()));
}

int on_status(SSL* ssl, void*) {
  const Settings& settings = Connection::of(ssl).settings;
  if (!settings.server) {
    // A client answers 1 for accepted, 0 for not.
    return settings.use_ocsp_callback && settings.fail_ocsp_callback ? 0 : 1;
  }
  if (settings.use_ocsp_callback) {
    if (settings.fail_ocsp_callback) return SSL_TLSEXT_ERR_ALERT_FATAL;
    if (settings.decline_ocsp_callback) return SSL_TLSEXT_ERR_NOACK;
  }
  if (settings.ocsp_response.empty()) return SSL_TLSEXT_ERR_NOACK;
  return staple_response(ssl, settings) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int on_verify(X509_STORE_CTX* store_context, void*) {
  auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  Connection& connection = Connection::of(ssl);
  // Only a client can put the decision off.
  if (connection.settings.async && !connection.settings.server && !connection.verification_ready) {
    return SSL_set_retry_verify(ssl);
  }
  if (connection.current().verify_fail) {
    X509_STORE_CTX_set_error(store_context, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  X509_STORE_CTX_set_error(store_context, X509_V_OK);
  return 1;
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
  Connection::of(ssl).new_session.reset(session);
  return 1;
}

void on_info(const SSL* ssl, int where, int) {
  if (where & SSL_CB_HANDSHAKE_DONE) Connection::of(ssl).handshake_done = true;
}

void on_message(int written, int, int content_type, const void* data, std::size_t length, SSL* ssl,
                void*) {
  Connection& connection = Connection::of(ssl);
  const auto* bytes = static_cast<const unsigned char*>(data);
  const std::string direction = written ? "write " : "read ";
  switch (content_type) {
    case SSL3_RT_HANDSHAKE:
      if (length == 0) break;
      if (bytes[0] == SSL3_MT_CLIENT_HELLO) ++connection.client_hellos;
      connection.trace += direction + "hs " + std::to_string(bytes[0]) + '\n';
      break;
    case SSL3_RT_CHANGE_CIPHER_SPEC: connection.trace += direction + "ccs\n"; break;
    case SSL3_RT_ALERT:
      if (length != 2) break;
      connection.trace +=
          direction + "alert " + std::to_string(bytes[0]) + ' ' + std::to_string(bytes[1]) + '\n';
      break;
    default: break;  // Record headers and inner content types, which the runner does not list.
  }
}

void on_keylog(const SSL* ssl, const char* line) {
  Connection& connection = Connection::of(ssl);
  const std::string_view text = line;
  const auto secret = [&] {
    const std::string hex(text.substr(text.rfind(' ') + 1));
    std::string bytes(hex.size() / 2, '\0');
    std::size_t length = 0;
    if (!OPENSSL_hexstr2buf_ex(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                               &length, hex.c_str(), '\0')) {
      length = 0;
    }
    bytes.resize(length);
    return bytes;
  };
  if (text.starts_with("CLIENT_TRAFFIC_SECRET_0 ")) connection.client_secret = secret();
  if (text.starts_with("SERVER_TRAFFIC_SECRET_0 ")) connection.server_secret = secret();
}

int on_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* mac, int encrypt) {
  static const std::array<unsigned char, 16> kName = {'s', 'h', 'i', 'm'};
  static std::array<unsigned char, 32> key = {};
  if (encrypt) {
    std::memcpy(name, kName.data(), kName.size());
    std::memset(iv, 0, EVP_MAX_IV_LENGTH);
  } else if (std::memcmp(name, kName.data(), kName.size()) != 0) {
    return 0;
  }
  char digest[] = "SHA256";
  const std::array parameters = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  if (!EVP_MAC_CTX_set_params(mac, parameters.data()) ||
      !EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.data(), iv, encrypt)) {
    return -1;
  }
  return !encrypt && Connection::of(ssl).settings.renew_ticket ? 2 : 1;
}

int on_sct_send(SSL* ssl, unsigned int, unsigned int, const unsigned char** out,
                std::size_t* length, X509*, std::size_t chain_index, int*, void*) {
  const Settings& settings = Connection::of(ssl).settings;
  if (!settings.server) {
    *out = nullptr;
    *length = 0;
    return settings.enable_signed_cert_timestamps ? 1 : 0;
  }
  // RFC 8446 §4.4.2.1: with the certificate it is about.
  if (settings.signed_cert_timestamps.empty() || chain_index != 0) return 0;
  *out = reinterpret_cast<const unsigned char*>(settings.signed_cert_timestamps.data());
  *length = settings.signed_cert_timestamps.size();
  return 1;
}

int on_sct_receive(SSL* ssl, unsigned int, unsigned int context, const unsigned char* data,
                   std::size_t length, X509*, std::size_t chain_index, int* alert, void*) {
  if (!(context & SSL_EXT_CLIENT_HELLO) && chain_index == 0) {
    // What is inside is the application's affair.
    if (!is_sct_list(data, length)) {
      *alert = SSL_AD_DECODE_ERROR;
      return 0;
    }
    Connection::of(ssl).peer_scts.assign(data, data + length);
  }
  return 1;
}

unsigned int on_psk_client(SSL* ssl, const char*, char* identity, unsigned int identity_size,
                           unsigned char* key, unsigned int key_size) {
  const Settings& settings = Connection::of(ssl).settings;
  if (settings.psk.empty() || settings.psk_identity.size() >= identity_size ||
      settings.psk.size() > key_size) {
    return 0;
  }
  std::ranges::copy(settings.psk_identity, identity);
  identity[settings.psk_identity.size()] = '\0';
  std::ranges::copy(settings.psk, key);
  return static_cast<unsigned int>(settings.psk.size());
}

unsigned int on_psk_server(SSL* ssl, const char* identity, unsigned char* key,
                           unsigned int key_size) {
  const Settings& settings = Connection::of(ssl).settings;
  if (settings.psk_identity != identity || settings.psk.size() > key_size) return 0;
  std::ranges::copy(settings.psk, key);
  return static_cast<unsigned int>(settings.psk.size());
}

int on_certificate(SSL* ssl, void*) {
  Connection& connection = Connection::of(ssl);
  if (connection.settings.fail_cert_callback) return 0;
  if (connection.settings.async && !connection.certificate_ready) return -1;
  return use_certificate(ssl, connection.settings) ? 1 : 0;
}

int on_client_certificate(SSL* ssl, X509** certificate, EVP_PKEY** key) {
  Connection& connection = Connection::of(ssl);
  if (connection.settings.async && !connection.certificate_ready) return -1;
  const Settings& settings = connection.settings;
  if (settings.cert_file.empty()) return 0;
  const std::unique_ptr<BIO, Free<BIO_free>> chain(BIO_new_file(settings.cert_file.c_str(), "r"));
  const std::unique_ptr<BIO, Free<BIO_free>> secret(BIO_new_file(settings.key_file.c_str(), "r"));
  if (!chain || !secret) return 0;
  *certificate = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr);
  *key = PEM_read_bio_PrivateKey(secret.get(), nullptr, nullptr, nullptr);
  return *certificate && *key ? 1 : 0;
}

}  // namespace shim
