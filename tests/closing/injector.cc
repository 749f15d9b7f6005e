#include "injector.h"

#include <openssl/ssl.h>

#include <cstdlib>

namespace ciao::closing {

namespace {

constexpr size_t kDataSize = 20;
constexpr size_t kPartSize = 10;
constexpr int kUnknownType = 99;

std::string alert(int level, int description) {
  return {static_cast<char>(level), static_cast<char>(description)};
}

std::string message(int type, const std::string& body) {
  std::string out{static_cast<char>(type), 0, static_cast<char>(body.size() >> 8),
                  static_cast<char>(body.size())};
  return out + body;
}

// RFC 8446 §4.6.1
std::string new_session_ticket() {
  const std::string lifetime{0, 0, 0x1c, 0x20};
  const std::string age_add{1, 2, 3, 4};
  const std::string nonce{2, 'n', '1'};
  const std::string ticket = std::string{0, 32} + std::string(32, 't');
  const std::string no_extensions(2, '\0');
  return message(SSL3_MT_NEWSESSION_TICKET, lifetime + age_add + nonce + ticket + no_extensions);
}

std::string key_update(int request) {
  return message(SSL3_MT_KEY_UPDATE, std::string(1, static_cast<char>(request)));
}

// RFC 8446 §4.3.2, with an empty context and ecdsa_secp256r1_sha256 alone.
std::string certificate_request() {
  const std::string empty_context(1, '\0');
  const std::string algorithms{0, 13, 0, 4, 0, 2, 4, 3};
  const std::string extensions = std::string{0, static_cast<char>(algorithms.size())} + algorithms;
  return message(SSL3_MT_CERTIFICATE_REQUEST, empty_context + extensions);
}

// RFC 5246 §7.4.1.2: what a client that wants to renegotiate sends; no extension is needed
// for it to be refused.
std::string renegotiating_client_hello() {
  const std::string version{3, 3};
  const std::string random(32, 'r');
  const std::string no_session(1, '\0');
  const std::string suites{0, 2, static_cast<char>(0xc0), 0x2c};
  const std::string compression{1, 0};
  return message(SSL3_MT_CLIENT_HELLO, version + random + no_session + suites + compression);
}

}  // namespace

bool Injector::say(const std::string& word) {
  if (word == "data") {
    deliver(SSL3_RT_APPLICATION_DATA, std::string(kDataSize, 'd'));
  } else if (word == "data0") {
    deliver(SSL3_RT_APPLICATION_DATA, {});
  } else {
    return say_alert(word) || say_handshake(word) || say_raw(word);
  }
  return true;
}

void Injector::deliver(uint8_t type, std::string_view content) {
  target_.inbox += writes_.seal_next(type, content);
}

bool Injector::say_alert(const std::string& word) {
  int level = 0;
  int description = 0;
  if (word == "cn") {
    level = SSL3_AL_WARNING;
  } else if (word == "cnf") {
    level = SSL3_AL_FATAL;
  } else if (word == "uc") {
    level = SSL3_AL_WARNING;
    description = SSL_AD_USER_CANCELLED;
  } else if (word == "ucf") {
    level = SSL3_AL_FATAL;
    description = SSL_AD_USER_CANCELLED;
  } else if (word[0] == 'f' && isdigit(static_cast<unsigned char>(word[1]))) {
    level = SSL3_AL_FATAL;
    description = std::atoi(word.c_str() + 1);
  } else if (word[0] == 'w' && isdigit(static_cast<unsigned char>(word[1]))) {
    level = SSL3_AL_WARNING;
    description = std::atoi(word.c_str() + 1);
  } else if (word.starts_with("alert:")) {  // alert:level.description
    level = std::atoi(word.c_str() + 6);
    description = std::atoi(word.c_str() + word.find('.') + 1);
  } else if (word.starts_with("alert-of-")) {
    deliver(SSL3_RT_ALERT, std::string(static_cast<size_t>(std::atoi(word.c_str() + 9)), '\1'));
    return true;
  } else {
    return false;
  }
  deliver(SSL3_RT_ALERT, alert(level, description));
  return true;
}

bool Injector::say_handshake(const std::string& word) {
  if (word == "nst") {
    deliver(SSL3_RT_HANDSHAKE, new_session_ticket());
  } else if (word == "ku0" || word == "ku1") {
    deliver(SSL3_RT_HANDSHAKE, key_update(word == "ku1" ? 1 : 0));
    writes_.advance_generation();
  } else if (word == "cr") {
    deliver(SSL3_RT_HANDSHAKE, certificate_request());
  } else if (word == "hr") {
    deliver(SSL3_RT_HANDSHAKE, message(SSL3_MT_HELLO_REQUEST, {}));
  } else if (word == "ch") {
    deliver(SSL3_RT_HANDSHAKE, renegotiating_client_hello());
  } else {
    return false;
  }
  return true;
}

bool Injector::say_raw(const std::string& word) {
  if (word == "bad") {
    std::string record = writes_.seal_next(SSL3_RT_APPLICATION_DATA, std::string(kDataSize, 'd'));
    record.back() = static_cast<char>(record.back() ^ 1);
    target_.inbox += record;
  } else if (word == "part") {
    const std::string record =
        writes_.seal_next(SSL3_RT_APPLICATION_DATA, std::string(kDataSize, 'd'));
    target_.inbox += record.substr(0, kPartSize);
  } else if (word == "unknown") {
    deliver(kUnknownType, "?");
  } else if (word == "ccs") {
    deliver(SSL3_RT_CHANGE_CIPHER_SPEC, "\1");
  } else if (word == "ccs(plain)") {
    target_.inbox += std::string{SSL3_RT_CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1};
  } else if (word == "cn(plain)") {
    target_.inbox += std::string{SSL3_RT_ALERT, 3, 3, 0, 2, SSL3_AL_WARNING, SSL3_AD_CLOSE_NOTIFY};
  } else if (word == "http") {
    target_.inbox += "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  } else {
    return false;
  }
  return true;
}

}  // namespace ciao::closing
