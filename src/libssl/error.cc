// SSL_get_error(3), SSL_want(3), SSL_alert_type_string(3).
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "libssl/not_yet.h"
#include "libssl/ssl_st.h"

namespace ciao::tls {
namespace {

// What a BIO that could not go on is waiting for; SSL_ERROR_NONE when it is not waiting but has
// failed.
int bio_wants(BIO* bio, int first, int second) {
  const auto wants = [bio](int error) {
    return error == SSL_ERROR_WANT_READ ? BIO_should_read(bio) : BIO_should_write(bio);
  };
  if (bio == nullptr) return SSL_ERROR_NONE;
  if (wants(first)) return first;
  if (wants(second)) return second;
  if (!BIO_should_io_special(bio)) return SSL_ERROR_NONE;
  switch (BIO_get_retry_reason(bio)) {
    case BIO_RR_CONNECT: return SSL_ERROR_WANT_CONNECT;
    case BIO_RR_ACCEPT: return SSL_ERROR_WANT_ACCEPT;
    default: return SSL_ERROR_SYSCALL;
  }
}

int error_for(const SSL* ssl) {
  switch (ssl->rwstate) {
    case SSL_READING: {
      const int error = bio_wants(ssl->rbio, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE);
      if (error != SSL_ERROR_NONE) return error;
      break;
    }
    case SSL_WRITING: {
      const int error = bio_wants(ssl->wbio, SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_READ);
      // A write that failed is a failure, also after the peer has closed its side.
      return error != SSL_ERROR_NONE ? error : SSL_ERROR_SYSCALL;
    }
    case SSL_X509_LOOKUP: return SSL_ERROR_WANT_X509_LOOKUP;
    case SSL_RETRY_VERIFY: return SSL_ERROR_WANT_RETRY_VERIFY;
    case SSL_ASYNC_PAUSED: return SSL_ERROR_WANT_ASYNC;
    case SSL_ASYNC_NO_JOBS: return SSL_ERROR_WANT_ASYNC_JOB;
    case SSL_CLIENT_HELLO_CB: return SSL_ERROR_WANT_CLIENT_HELLO_CB;
    default: break;
  }
  return ssl->connection.close_state().received_flag() ? SSL_ERROR_ZERO_RETURN : SSL_ERROR_SYSCALL;
}

struct AlertText {
  AlertDescription description;
  const char* brief;
};
// Those that OpenSSL 3.0 has words for. Programs print them, and match on them.
constexpr AlertText kAlerts[] = {
    {AlertDescription::close_notify, "CN"},
    {AlertDescription::unexpected_message, "UM"},
    {AlertDescription::bad_record_mac, "BM"},
    {AlertDescription::decryption_failed, "DC"},
    {AlertDescription::record_overflow, "RO"},
    {AlertDescription::decompression_failure, "DF"},
    {AlertDescription::handshake_failure, "HF"},
    {AlertDescription::no_certificate, "NC"},
    {AlertDescription::bad_certificate, "BC"},
    {AlertDescription::unsupported_certificate, "UC"},
    {AlertDescription::certificate_revoked, "CR"},
    {AlertDescription::certificate_expired, "CE"},
    {AlertDescription::certificate_unknown, "CU"},
    {AlertDescription::illegal_parameter, "IP"},
    {AlertDescription::unknown_ca, "CA"},
    {AlertDescription::access_denied, "AD"},
    {AlertDescription::decode_error, "DE"},
    {AlertDescription::decrypt_error, "CY"},
    {AlertDescription::export_restriction, "ER"},
    {AlertDescription::protocol_version, "PV"},
    {AlertDescription::insufficient_security, "IS"},
    {AlertDescription::internal_error, "IE"},
    {AlertDescription::user_canceled, "US"},
    {AlertDescription::no_renegotiation, "NR"},
    {AlertDescription::unsupported_extension, "UE"},
    {AlertDescription::certificate_unobtainable, "CO"},
    {AlertDescription::unrecognized_name, "UN"},
    {AlertDescription::bad_certificate_status_response, "BR"},
    {AlertDescription::bad_certificate_hash_value, "BH"},
    {AlertDescription::unknown_psk_identity, "UP"},
    {AlertDescription::no_application_protocol, "UK"},
};

// Null for an alert without words. The description is in the low byte.
const AlertText* alert_text(int value) {
  for (const AlertText& alert : kAlerts) {
    if (code(alert.description) == (value & 0xff)) return &alert;
  }
  return nullptr;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int ERR_load_SSL_strings(void) { return load_reason_strings() ? 1 : 0; }

extern "C" int SSL_get_error(const SSL* ssl, int result) {
  if (result > 0) return SSL_ERROR_NONE;
  // SSL_get_error(3): the thread's error queue must have been empty before the call that failed.
  if (const unsigned long entry = ERR_peek_error()) {
    return ERR_GET_LIB(entry) == ERR_LIB_SYS ? SSL_ERROR_SYSCALL : SSL_ERROR_SSL;
  }
  return error_for(ssl);
}

extern "C" int SSL_want(const SSL* ssl) { return ssl->rwstate; }

extern "C" const char* SSL_alert_type_string(int value) {
  switch (value >> 8) {
    case SSL3_AL_WARNING: return "W";
    case SSL3_AL_FATAL: return "F";
    default: return "U";
  }
}

extern "C" const char* SSL_alert_type_string_long(int value) {
  switch (value >> 8) {
    case SSL3_AL_WARNING: return "warning";
    case SSL3_AL_FATAL: return "fatal";
    default: return "unknown";
  }
}

extern "C" const char* SSL_alert_desc_string(int value) {
  const AlertText* alert = alert_text(value);
  return alert != nullptr ? alert->brief : "UK";
}

extern "C" const char* SSL_alert_desc_string_long(int value) {
  const AlertText* alert = alert_text(value);
  // A literal, so that a zero follows it.
  return alert != nullptr ? alert_name(alert->description).data() : "unknown";
}

CIAO_ABSENT(const struct openssl_ssl_test_functions*, nullptr, SSL_test_functions, (void),
            "the functions it hands out are OpenSSL's own internals")
