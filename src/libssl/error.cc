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
  std::uint8_t description;
  const char* brief;
  const char* text;
};
// The wording that programs print and match on.
constexpr AlertText kAlerts[] = {
    {0, "CN", "close notify"},
    {10, "UM", "unexpected_message"},
    {20, "BM", "bad record mac"},
    {21, "DC", "decryption failed"},
    {22, "RO", "record overflow"},
    {30, "DF", "decompression failure"},
    {40, "HF", "handshake failure"},
    {41, "NC", "no certificate"},
    {42, "BC", "bad certificate"},
    {43, "UC", "unsupported certificate"},
    {44, "CR", "certificate revoked"},
    {45, "CE", "certificate expired"},
    {46, "CU", "certificate unknown"},
    {47, "IP", "illegal parameter"},
    {48, "CA", "unknown CA"},
    {49, "AD", "access denied"},
    {50, "DE", "decode error"},
    {51, "CY", "decrypt error"},
    {60, "ER", "export restriction"},
    {70, "PV", "protocol version"},
    {71, "IS", "insufficient security"},
    {80, "IE", "internal error"},
    {90, "US", "user canceled"},
    {100, "NR", "no renegotiation"},
    {110, "UE", "unsupported extension"},
    {111, "CO", "certificate unobtainable"},
    {112, "UN", "unrecognized name"},
    {113, "BR", "bad certificate status response"},
    {114, "BH", "bad certificate hash value"},
    {115, "UP", "unknown PSK identity"},
    {120, "UK", "no application protocol"},
};
constexpr AlertText kUnknownAlert = {0, "UK", "unknown"};

const AlertText& alert_text(int value) {
  for (const AlertText& alert : kAlerts) {
    if (alert.description == (value & 0xff)) return alert;
  }
  return kUnknownAlert;
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

extern "C" const char* SSL_alert_desc_string(int value) { return alert_text(value).brief; }

extern "C" const char* SSL_alert_desc_string_long(int value) { return alert_text(value).text; }

CIAO_ABSENT(const struct openssl_ssl_test_functions*, nullptr, SSL_test_functions, (void),
            "the functions it hands out are OpenSSL's own internals")
