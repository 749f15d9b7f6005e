#include "names.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <cerrno>
#include <map>

namespace ciao::closing {

namespace {

std::string reason_name(unsigned long packed) {
  static const std::map<int, std::string> kNames = {
      {SSL_R_UNINITIALIZED, "UNINITIALIZED"},
      {SSL_R_SHUTDOWN_WHILE_IN_INIT, "SHUTDOWN_WHILE_IN_INIT"},
      {SSL_R_PROTOCOL_IS_SHUTDOWN, "PROTOCOL_IS_SHUTDOWN"},
      {SSL_R_APPLICATION_DATA_AFTER_CLOSE_NOTIFY, "APPLICATION_DATA_AFTER_CLOSE_NOTIFY"},
      {SSL_R_UNEXPECTED_EOF_WHILE_READING, "UNEXPECTED_EOF_WHILE_READING"},
      {SSL_R_BAD_WRITE_RETRY, "BAD_WRITE_RETRY"},
      {SSL_R_BIO_NOT_SET, "BIO_NOT_SET"},
      {SSL_R_TOO_MANY_WARN_ALERTS, "TOO_MANY_WARN_ALERTS"},
      {SSL_R_INVALID_ALERT, "INVALID_ALERT"},
      {SSL_R_UNKNOWN_ALERT_TYPE, "UNKNOWN_ALERT_TYPE"},
      {SSL_R_NO_RENEGOTIATION, "NO_RENEGOTIATION"},
      {SSL_R_BAD_RECORD_TYPE, "BAD_RECORD_TYPE"},
      {SSL_R_WRONG_VERSION_NUMBER, "WRONG_VERSION_NUMBER"},
      {SSL_R_BAD_LENGTH, "BAD_LENGTH"},
      {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"},
      {SSL_R_HTTP_REQUEST, "HTTP_REQUEST"},
      {SSL_R_UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE"},
      {SSL_R_UNEXPECTED_RECORD, "UNEXPECTED_RECORD"},
  };
  const int library = ERR_GET_LIB(packed);
  const int reason = ERR_GET_REASON(packed);
  // The reasons every library shares (internal error and the like) carry flag bits of their own.
  if (library != ERR_LIB_SSL || ERR_GET_RFLAGS(packed) != 0) {
    return "lib" + std::to_string(library) + ":" + std::to_string(reason);
  }
  if (reason >= SSL_AD_REASON_OFFSET) {
    return "ALERT" + std::to_string(reason - SSL_AD_REASON_OFFSET);
  }
  const auto found = kNames.find(reason);
  return found == kNames.end() ? std::to_string(reason) : found->second;
}

}  // namespace

std::string error_name(int ssl_error) {
  switch (ssl_error) {
    case SSL_ERROR_NONE: return "NONE";
    case SSL_ERROR_SSL: return "SSL";
    case SSL_ERROR_WANT_READ: return "WANT_READ";
    case SSL_ERROR_WANT_WRITE: return "WANT_WRITE";
    case SSL_ERROR_WANT_X509_LOOKUP: return "WANT_X509_LOOKUP";
    case SSL_ERROR_SYSCALL: return "SYSCALL";
    case SSL_ERROR_ZERO_RETURN: return "ZERO_RETURN";
    default: return "error" + std::to_string(ssl_error);
  }
}

std::string shutdown_name(int flags) {
  switch (flags) {
    case 0: return "-";
    case SSL_SENT_SHUTDOWN: return "S";
    case SSL_RECEIVED_SHUTDOWN: return "R";
    case SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN: return "SR";
    default: return std::to_string(flags);
  }
}

std::string errno_name(int number) {
  switch (number) {
    case 0: return "-";
    case EAGAIN: return "EAGAIN";
    case ECONNRESET: return "ECONNRESET";
    case EPIPE: return "EPIPE";
    default: return "errno" + std::to_string(number);
  }
}

std::string drain_reasons() {
  std::string all;
  while (const unsigned long packed = ERR_get_error()) {
    if (!all.empty()) all += '+';
    all += reason_name(packed);
  }
  return all.empty() ? "-" : all;
}

}  // namespace ciao::closing
