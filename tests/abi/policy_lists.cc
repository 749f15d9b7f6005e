// Prints what a libssl makes of lists of groups and of signature algorithms: whether it takes them,
// and what a client of each security level then puts into its ClientHello. One list a line, as
// "groups LIST" or "sigalgs LIST": run against two libraries, the outputs are compared.
#include <openssl/ssl.h>

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "report.h"

namespace {

constexpr int kLevels = 6;
constexpr unsigned kSupportedGroups = 10;
constexpr unsigned kSignatureAlgorithms = 13;

std::size_t number(const std::uint8_t* at, int bytes) {
  std::size_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | at[i];
  return value;
}

// The lists of a ClientHello, as hex digits.
void keep_lists(int written, int, int type, const void* buffer, std::size_t size, SSL*, void* out) {
  if (written != 1 || type != SSL3_RT_HANDSHAKE) return;
  const auto* message = static_cast<const std::uint8_t*>(buffer);
  std::size_t at = 4 + 2 + 32;
  at += 1 + message[at];
  at += 2 + number(message + at, 2);
  at += 1 + message[at];
  at += 2;
  while (at + 4 <= size) {
    const std::size_t extension = number(message + at, 2);
    const std::size_t length = number(message + at + 2, 2);
    at += 4;
    if (extension == kSupportedGroups || extension == kSignatureAlgorithms) {
      std::string& text = *static_cast<std::string*>(out);
      text += ' ' + std::to_string(extension) + '=';
      for (std::size_t i = 2; i < length; ++i) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", message[at + i]);
        text += digits;
      }
    }
    at += length;
  }
}

void evaluate(const std::string& what, const std::string& list, int level) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx(SSL_CTX_new(TLS_client_method()),
                                                              SSL_CTX_free);
  SSL_CTX_set_security_level(ctx.get(), level);
  const std::string title = what + ' ' + list + ' ' + std::to_string(level);
  abi::line(title, what == "groups" ? SSL_CTX_set1_groups_list(ctx.get(), list.c_str())
                                    : SSL_CTX_set1_sigalgs_list(ctx.get(), list.c_str()));
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(ctx.get()), SSL_free);
  std::string lists;
  SSL_set_msg_callback(ssl.get(), keep_lists);
  SSL_set_msg_callback_arg(ssl.get(), &lists);
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  const int result = SSL_connect(ssl.get());
  const int outcome = SSL_get_error(ssl.get(), result);
  // The first entry says why there is no hello; OpenSSL has a second one, that this is an error.
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char* reason = error != 0 ? ERR_reason_error_string(error) : "";
  abi::line(title + " hello", std::to_string(outcome) + lists + ' ' + reason);
  STACK_OF(SSL_CIPHER)* suites = SSL_get1_supported_ciphers(ssl.get());
  std::string names;
  for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i) {
    const std::string name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i));
    // ciao has no SRP by design.
    if (name.find("SRP") == std::string::npos) names += ' ' + name;
  }
  sk_SSL_CIPHER_free(suites);
  abi::line(title + " suites", names);
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::size_t space = line.find(' ');
    for (int level = 0; level < kLevels; ++level) {
      evaluate(line.substr(0, space), line.substr(space + 1), level);
    }
  }
}
