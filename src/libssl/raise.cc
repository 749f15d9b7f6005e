#include "libssl/raise.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <array>
#include <cstddef>

namespace ciao::tls {
namespace {

#define CIAO_REASON(word, upper, number, text) \
  static_assert(SSL_R_##upper == (number), "reasons.def and <openssl/sslerr.h> differ: " #upper);
#include "base/reasons.def"
#undef CIAO_REASON

constexpr int kFirstOwnReason = 60000;

// Reasons above OpenSSL's own range stand for the reasons all libraries share (ERR_R_*).
constexpr int err_reason(Reason reason) {
  switch (reason) {
    case Reason::internal_error: return ERR_R_INTERNAL_ERROR;
    case Reason::malloc_failure: return ERR_R_MALLOC_FAILURE;
    case Reason::asn1_lib: return ERR_R_ASN1_LIB;
    case Reason::evp_lib: return ERR_R_EVP_LIB;
    case Reason::passed_null_parameter: return ERR_R_PASSED_NULL_PARAMETER;
    case Reason::should_not_have_been_called: return ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED;
    case Reason::unsupported: return ERR_R_UNSUPPORTED;
    case Reason::passed_invalid_argument: return ERR_R_PASSED_INVALID_ARGUMENT;
    case Reason::err_x509_lib: return ERR_R_X509_LIB;
    case Reason::err_pem_lib: return ERR_R_PEM_LIB;
    case Reason::err_sys_lib: return ERR_R_SYS_LIB;
    case Reason::err_buf_lib: return ERR_R_BUF_LIB;
    case Reason::err_crypto_lib: return ERR_R_CRYPTO_LIB;
    case Reason::err_engine_lib: return ERR_R_ENGINE_LIB;
    default: break;
  }
  // One of base/result.h's own reasons that this table does not know yet must not leave as a number
  // that libcrypto reads as something else.
  const int number = static_cast<int>(reason);
  return number < kFirstOwnReason ? number : ERR_R_INTERNAL_ERROR;
}

void open_entry(const Place& place) {
  ERR_new();
  ERR_set_debug(place.file, place.line, place.function);
}

// ERR_load_strings_const keeps the pointer it is given, so the table lives as long as the library,
// which is never unloaded (-z nodelete).
constexpr auto kReasonStrings = std::to_array<ERR_STRING_DATA>({
#define CIAO_REASON(word, upper, number, text) {ERR_PACK(ERR_LIB_SSL, 0, number), text},
#include "base/reasons.def"
#undef CIAO_REASON
    {0, nullptr},
});

}  // namespace

void raise(Reason reason, Place place) {
  open_entry(place);
  ERR_set_error(ERR_LIB_SSL, err_reason(reason), nullptr);
}

void raise(const Error& error, Place place) { raise(error.reason, place); }

void raise(Reason reason, const char* data, Place place) {
  open_entry(place);
  ERR_set_error(ERR_LIB_SSL, err_reason(reason), "%s", data);
}

void raise_system(int error, const char* data, Place place) {
  open_entry(place);
  ERR_set_error(ERR_LIB_SYS, error, "%s", data);
}

void raise_not_yet(const char* function, Place place) {
  place.function = function;
  open_entry(place);
  ERR_set_error(ERR_LIB_SSL, ERR_R_UNSUPPORTED, "ciao: %s is not implemented yet", function);
}

void raise_absent(const char* function, const char* why, Place place) {
  place.function = function;
  open_entry(place);
  ERR_set_error(ERR_LIB_SSL, ERR_R_UNSUPPORTED, "ciao: %s is left out by design: %s", function,
                why);
}

bool load_reason_strings() { return ERR_load_strings_const(kReasonStrings.data()) == 1; }

}  // namespace ciao::tls
