// SSL_get_error(3), SSL_want(3), SSL_alert_type_string(3), ERR_load_strings(3).
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "libssl/not_yet.h"
#include "wire/codepoints.h"

extern "C" int ERR_load_SSL_strings(void) { return ciao::tls::load_reason_strings() ? 1 : 0; }

CIAO_NOT_YET(int, SSL_ERROR_SSL, SSL_get_error, (const SSL*, int))
CIAO_NOT_YET(int, SSL_NOTHING, SSL_want, (const SSL*))

CIAO_ABSENT(const struct openssl_ssl_test_functions*, nullptr, SSL_test_functions, (void),
            "the functions it hands out are OpenSSL's own internals")


// --- names of alerts (SSL_alert_type_string(3)) ---------------------------------------------------

namespace ciao::tls {
namespace {

struct AlertText {
  AlertDescription description;
  const char* abbreviation;
  const char* text;
};

// OpenSSL 3.0 has no names for the alerts that came later.
constexpr AlertText kAlertTexts[] = {
    {AlertDescription::close_notify, "CN", "close notify"},
    {AlertDescription::unexpected_message, "UM", "unexpected_message"},
    {AlertDescription::bad_record_mac, "BM", "bad record mac"},
    {AlertDescription::decryption_failed, "DC", "decryption failed"},
    {AlertDescription::record_overflow, "RO", "record overflow"},
    {AlertDescription::decompression_failure, "DF", "decompression failure"},
    {AlertDescription::handshake_failure, "HF", "handshake failure"},
    {AlertDescription::no_certificate, "NC", "no certificate"},
    {AlertDescription::bad_certificate, "BC", "bad certificate"},
    {AlertDescription::unsupported_certificate, "UC", "unsupported certificate"},
    {AlertDescription::certificate_revoked, "CR", "certificate revoked"},
    {AlertDescription::certificate_expired, "CE", "certificate expired"},
    {AlertDescription::certificate_unknown, "CU", "certificate unknown"},
    {AlertDescription::illegal_parameter, "IP", "illegal parameter"},
    {AlertDescription::unknown_ca, "CA", "unknown CA"},
    {AlertDescription::access_denied, "AD", "access denied"},
    {AlertDescription::decode_error, "DE", "decode error"},
    {AlertDescription::decrypt_error, "CY", "decrypt error"},
    {AlertDescription::export_restriction, "ER", "export restriction"},
    {AlertDescription::protocol_version, "PV", "protocol version"},
    {AlertDescription::insufficient_security, "IS", "insufficient security"},
    {AlertDescription::internal_error, "IE", "internal error"},
    {AlertDescription::user_canceled, "US", "user canceled"},
    {AlertDescription::no_renegotiation, "NR", "no renegotiation"},
    {AlertDescription::unsupported_extension, "UE", "unsupported extension"},
    {AlertDescription::certificate_unobtainable, "CO", "certificate unobtainable"},
    {AlertDescription::unrecognized_name, "UN", "unrecognized name"},
    {AlertDescription::bad_certificate_status_response, "BR", "bad certificate status response"},
    {AlertDescription::bad_certificate_hash_value, "BH", "bad certificate hash value"},
    {AlertDescription::unknown_psk_identity, "UP", "unknown PSK identity"},
};

constexpr AlertText kUnknownAlert{AlertDescription{}, "UK", "unknown"};

// The level is in the high byte, the description in the low one.
const AlertText& alert_text(int value) {
  for (const AlertText& alert : kAlertTexts) {
    if (code(alert.description) == (value & 0xff)) return alert;
  }
  return kUnknownAlert;
}

}  // namespace
}  // namespace ciao::tls

extern "C" {

const char* SSL_alert_type_string(int value) {
  switch (value >> 8) {
    case SSL3_AL_WARNING: return "W";
    case SSL3_AL_FATAL: return "F";
    default: return "U";
  }
}

const char* SSL_alert_type_string_long(int value) {
  switch (value >> 8) {
    case SSL3_AL_WARNING: return "warning";
    case SSL3_AL_FATAL: return "fatal";
    default: return "unknown";
  }
}

const char* SSL_alert_desc_string(int value) { return ciao::tls::alert_text(value).abbreviation; }

const char* SSL_alert_desc_string_long(int value) { return ciao::tls::alert_text(value).text; }

}  // extern "C"
