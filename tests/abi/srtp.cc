// use_srtp (RFC 5764): which profile strings are taken, and what TLS does with them.
#include <openssl/srtp.h>

#include <string>

#include "connections.h"

namespace {

using abi::Context;
using abi::line;
using abi::Pair;

std::string names(SSL* ssl) {
  const STACK_OF(SRTP_PROTECTION_PROFILE)* profiles = SSL_get_srtp_profiles(ssl);
  std::string text = std::to_string(sk_SRTP_PROTECTION_PROFILE_num(profiles));
  for (int i = 0; i < sk_SRTP_PROTECTION_PROFILE_num(profiles); ++i) {
    const SRTP_PROTECTION_PROFILE* profile = sk_SRTP_PROTECTION_PROFILE_value(profiles, i);
    text += std::string(" ") + profile->name + "/" + std::to_string(profile->id);
  }
  return text;
}

const char* const kStrings[] = {
    "",
    ":",
    "SRTP_AES128_CM_SHA1_80",
    "SRTP_AES128_CM_SHA1_32",
    "SRTP_AEAD_AES_128_GCM",
    "SRTP_AEAD_AES_256_GCM",
    "SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32:SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM",
    "SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80",
    "SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_80",
    "SRTP_AES128_CM_SHA1_80:",
    ":SRTP_AES128_CM_SHA1_80",
    "SRTP_AES128_CM_SHA1_80::SRTP_AES128_CM_SHA1_32",
    "SRTP_AES128_CM_SHA1_8",
    "SRTP_AES128_CM_SHA1_800",
    "srtp_aes128_cm_sha1_80",
    "SRTP_AES128_CM_SHA1_80,SRTP_AES128_CM_SHA1_32",
    "SRTP_NULL_HMAC_SHA1_80",
    "SRTP_NULL_HMAC_SHA1_32",
    "SRTP_AES128_F8_SHA1_80",
    "SRTP_ARIA_128_CTR_HMAC_SHA1_80",
    "SRTP_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
};

void strings() {
  for (const char* text : kStrings) {
    const Context ctx = abi::make_client(TLS1_3_VERSION);
    const std::string of = std::string("(") + text + ")";
    const abi::Connection before(SSL_new(ctx.get()));
    line("context" + of, SSL_CTX_set_tlsext_use_srtp(ctx.get(), text));
    const abi::Connection ssl(SSL_new(ctx.get()));
    line("context's" + of, names(ssl.get()));
    line("made before" + of, names(before.get()));
    line("set" + of, SSL_set_tlsext_use_srtp(ssl.get(), "SRTP_AES128_CM_SHA1_32"));
    line("connection" + of, SSL_set_tlsext_use_srtp(ssl.get(), text));
    line("connection's" + of, names(ssl.get()));
    line("context again" + of, SSL_CTX_set_tlsext_use_srtp(ctx.get(), "x"));
    const abi::Connection after(SSL_new(ctx.get()));
    line("kept" + of, names(after.get()));
    line("selected" + of, SSL_get_selected_srtp_profile(after.get()) == nullptr);
  }
  line("null", SSL_get_srtp_profiles(nullptr) == nullptr);
}

void on_message(int written, int, int type, const void* data, std::size_t size, SSL* ssl, void*) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  if (!written || type != SSL3_RT_HANDSHAKE || size < 42 || bytes[0] != SSL3_MT_CLIENT_HELLO)
    return;
  std::size_t at = 4 + 2 + 32;
  at += 1u + bytes[at];
  at += 2u + (bytes[at] << 8 | bytes[at + 1]);
  at += 1u + bytes[at] + 2;
  std::string content = "none";
  for (std::size_t length = 0; at + 4 <= size; at += 4 + length) {
    length = static_cast<std::size_t>(bytes[at + 2] << 8 | bytes[at + 3]);
    if ((bytes[at] << 8 | bytes[at + 1]) != TLSEXT_TYPE_use_srtp) continue;
    content.clear();
    for (std::size_t i = 0; i < length; ++i) content += " " + std::to_string(bytes[at + 4 + i]);
  }
  line(SSL_is_server(ssl) ? "server sends" : "client sends", content);
}

void handshakes() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool server_too : {false, true}) {
      for (const bool client_too : {false, true}) {
        const Context client = abi::make_client(version);
        const Context server = abi::make_server(version);
        SSL_CTX_set_msg_callback(client.get(), on_message);
        const char* profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM";
        if (client_too) line("client", SSL_CTX_set_tlsext_use_srtp(client.get(), profiles));
        if (server_too) line("server", SSL_CTX_set_tlsext_use_srtp(server.get(), profiles));
        Pair pair(client.get(), server.get());
        pair.handshake("handshake " + std::to_string(version));
        line("selected", SSL_get_selected_srtp_profile(pair.client.get()) == nullptr);
        line("selected", SSL_get_selected_srtp_profile(pair.server.get()) == nullptr);
      }
    }
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  strings();
  handshakes();
  return 0;
}
