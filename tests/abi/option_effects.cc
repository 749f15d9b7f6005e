// SSL_CTX_set_options(3): what each option changes, seen in a handshake, on the wire or in the
// results of calls, with the option and without it.
#include <openssl/ssl.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "trial.h"

namespace {

using namespace abi;

void both_versions(Trial& trial) {
  for (SSL_CTX* ctx : {trial.client_ctx(), trial.server_ctx()}) {
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION);
  }
}

// A client without a version has nothing to say, and what it says instead is not this test's.
void no_version_of_a_client() {
  for (const std::uint64_t bits : {SSL_OP_NO_SSL_MASK, SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TLSv1_2}) {
    Trial trial("client without a version", TLS1_3_VERSION);
    both_versions(trial);
    SSL_CTX_set_options(trial.client_ctx(), bits);
    trial.show("handshake", SSL_do_handshake(trial.client()));
    trial.show("hello", trial.sent_by_client().hello);
  }
}

void versions() {
  const Scene both{.before = both_versions};
  for (const End end : {End::client, End::server}) {
    const std::string side = end == End::client ? "client's " : "server's ";
    try_setting(side + "NO_TLSv1_3", both, option(end, SSL_OP_NO_TLSv1_3));
    try_setting(side + "NO_TLSv1_2", both, option(end, SSL_OP_NO_TLSv1_2));
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      // The peer insists.
      const End peer = end == End::client ? End::server : End::client;
      const Scene one{.before = [&](Trial& trial) {
        both_versions(trial);
        SSL_CTX* ctx = peer == End::client ? trial.client_ctx() : trial.server_ctx();
        SSL_CTX_set_min_proto_version(ctx, version);
        SSL_CTX_set_max_proto_version(ctx, version);
      }};
      try_setting(side + "NO_TLSv1_3 of one", one, option(end, SSL_OP_NO_TLSv1_3));
      try_setting(side + "NO_TLSv1_2 of one", one, option(end, SSL_OP_NO_TLSv1_2));
    }
  }
  try_setting("server's NO_SSL_MASK", both, option(End::server, SSL_OP_NO_SSL_MASK));
  no_version_of_a_client();
}

// --- what a server prefers ---

void prefer(Trial& trial, const char* clients, const char* servers) {
  SSL_CTX_set_cipher_list(trial.client_ctx(), clients);
  SSL_CTX_set_cipher_list(trial.server_ctx(), servers);
  SSL_CTX_set1_groups_list(trial.client_ctx(), "X25519:P-256:P-384");
  SSL_CTX_set1_groups_list(trial.server_ctx(), "P-384:P-256:X25519");
  SSL_CTX_set1_sigalgs_list(trial.client_ctx(), "RSA-PSS+SHA256:RSA-PSS+SHA512");
  SSL_CTX_set1_sigalgs_list(trial.server_ctx(), "RSA-PSS+SHA512:RSA-PSS+SHA256");
}

constexpr const char* kAesFirst =
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kChaChaFirst =
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
constexpr const char* kReversed =
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kAesFirst13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kChaChaFirst13 =
    "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384";
constexpr const char* kReversed13 =
    "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";

void preference() {
  for (const bool chacha : {false, true}) {
    const std::string first = chacha ? " ChaCha20 first" : " AES first";
    const Scene old{TLS1_2_VERSION, true, [&](Trial& trial) {
                      prefer(trial, chacha ? kChaChaFirst : kAesFirst, kReversed);
                    }};
    const Scene now{TLS1_3_VERSION, true, [&](Trial& trial) {
                      prefer(trial, kAesFirst, kReversed);
                      SSL_CTX_set_ciphersuites(trial.client_ctx(),
                                               chacha ? kChaChaFirst13 : kAesFirst13);
                      SSL_CTX_set_ciphersuites(trial.server_ctx(), kReversed13);
                    }};
    for (const Scene& scene : {old, now}) {
      try_setting("CIPHER_SERVER_PREFERENCE" + first, scene,
                  option(End::server, SSL_OP_CIPHER_SERVER_PREFERENCE));
      try_setting("PRIORITIZE_CHACHA alone" + first, scene,
                  option(End::server, SSL_OP_PRIORITIZE_CHACHA));
      try_setting("PRIORITIZE_CHACHA" + first, scene,
                  option(End::server, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA));
    }
  }
}

// --- extensions of TLS 1.2 ---

void show_hello(Trial& trial, int extension) {
  for (const Watch* watch : {&trial.sent_by_client(), &trial.sent_by_server()}) {
    const std::vector<int> found = extensions_of(watch->hello);
    trial.show("names " + std::to_string(extension),
               std::find(found.begin(), found.end(), extension) != found.end());
  }
}

void extensions() {
  for (const End end : {End::client, End::server}) {
    const std::string side = end == End::client ? "client's " : "server's ";
    try_setting(side + "NO_EXTENDED_MASTER_SECRET",
                {.version = TLS1_2_VERSION,
                 .after =
                     [](Trial& trial) {
                       show_hello(trial, TLSEXT_TYPE_extended_master_secret);
                       trial.show("flags",
                                  SSL_ctrl(trial.server(), SSL_CTRL_GET_FLAGS, 0, nullptr));
                     }},
                option(end, SSL_OP_NO_EXTENDED_MASTER_SECRET));
    // With SHA-1's 20 bytes 11 bytes of data fill one block more when the MAC is not in it.
    try_setting(side + "NO_ENCRYPT_THEN_MAC",
                {.version = TLS1_2_VERSION,
                 .before =
                     [](Trial& trial) {
                       SSL_CTX_set_cipher_list(trial.client_ctx(), "ECDHE-ECDSA-AES128-SHA");
                     },
                 .after =
                     [](Trial& trial) {
                       show_hello(trial, TLSEXT_TYPE_encrypt_then_mac);
                       SSL_write(trial.client(), "eleven byte", 11);
                       trial.show("record", list(trial.sent_by_client().records));
                       trial.show("flags",
                                  SSL_ctrl(trial.server(), SSL_CTRL_GET_FLAGS, 0, nullptr));
                     }},
                option(end, SSL_OP_NO_ENCRYPT_THEN_MAC));
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      try_setting(side + "NO_TICKET",
                  {.version = version,
                   .after =
                       [](Trial& trial) {
                         if (SSL_version(trial.client()) == TLS1_2_VERSION) {
                           show_hello(trial, TLSEXT_TYPE_session_ticket);
                         }
                         std::size_t size = 0;
                         const unsigned char* ticket = nullptr;
                         const SSL_SESSION* session = SSL_get_session(trial.client());
                         if (session != nullptr) SSL_SESSION_get0_ticket(session, &ticket, &size);
                         trial.show("short ticket", size <= 32);
                         trial.show("ticket", size != 0);
                       }},
                  option(end, SSL_OP_NO_TICKET));
    }
  }
}

// --- names of authorities ---

STACK_OF(X509_NAME) * some_names() {
  STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
  sk_X509_NAME_push(names, X509_NAME_dup(X509_get_subject_name(certificate())));
  return names;
}

// OpenSSL tells an empty list from none, a message that RFC 8446 §4.2.4 does not have.
int count(const STACK_OF(X509_NAME) * names) { return std::max(sk_X509_NAME_num(names), 0); }

void authorities() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    try_setting("server's DISABLE_TLSEXT_CA_NAMES",
                {.version = version,
                 .before =
                     [](Trial& trial) {
                       SSL_CTX_set_client_CA_list(trial.server_ctx(), some_names());
                       SSL_CTX_set_verify(trial.server_ctx(), SSL_VERIFY_PEER, nullptr);
                     },
                 .after =
                     [](Trial& trial) {
                       trial.show("names", count(SSL_get_client_CA_list(trial.client())));
                     }},
                option(End::server, SSL_OP_DISABLE_TLSEXT_CA_NAMES));
  }
  try_setting(
      "client's DISABLE_TLSEXT_CA_NAMES",
      {.before = [](Trial& trial) { SSL_CTX_set0_CA_list(trial.client_ctx(), some_names()); },
       .after =
           [](Trial& trial) { trial.show("names", count(SSL_get0_peer_CA_list(trial.server()))); }},
      option(End::client, SSL_OP_DISABLE_TLSEXT_CA_NAMES));
}

// --- the look of TLS 1.3 ---

void middlebox() {
  for (const End end : {End::client, End::server}) {
    for (const bool retry : {false, true}) {
      try_setting(std::string(end == End::client ? "client's " : "server's ") +
                      "ENABLE_MIDDLEBOX_COMPAT" + (retry ? " retry" : ""),
                  {.before =
                       [&](Trial& trial) {
                         if (retry) SSL_CTX_set1_groups_list(trial.server_ctx(), "P-384");
                       },
                   .after =
                       [](Trial& trial) {
                         trial.show("session id", session_id_size(trial.sent_by_client().hello));
                         trial.show("echo", session_id_size(trial.sent_by_server().hello));
                       }},
                  cleared_option(end, SSL_OP_ENABLE_MIDDLEBOX_COMPAT));
    }
  }
}

// --- padding ---

struct HelloSizes {
  bool in_gap = false;    // of 256 to 511 bytes
  bool at_end = false;    // of 512
  bool long_one = false;  // above
  void take(std::size_t size) {
    in_gap |= size > 0xff && size < 0x200;
    at_end |= size == 0x200;
    long_one |= size > 0x210;
  }
};

// Names of every length let the ClientHello's length run over the gap and behind it.
void padding(int version, std::uint64_t options, bool resumes) {
  const std::string title =
      "TLSEXT_PADDING " + std::to_string(options) + (resumes ? " resumes" : "");
  Trial first(title + " first", version);
  Session session;
  if (resumes) {
    first.shake();
    session.reset(SSL_get1_session(first.client()));
  }
  HelloSizes sizes;
  int reused = 0, established = 0;
  for (std::size_t length = 1; length < 250; ++length) {
    std::string name(length, 'a');
    Pair pair(first.client_ctx(), first.server_ctx());
    Watch watches[2];
    SSL_set_app_data(pair.client.get(), &watches[0]);
    SSL_set_app_data(pair.server.get(), &watches[1]);
    SSL_set_options(pair.client.get(), options);
    // What a session is bound to has to stay the same: protocols are not.
    std::string protocol = std::string(1, static_cast<char>(length)) + name;
    SSL_set_alpn_protos(pair.client.get(), reinterpret_cast<const unsigned char*>(protocol.data()),
                        static_cast<unsigned>(protocol.size()));
    if (session) SSL_set_session(pair.client.get(), session.get());
    SSL_do_handshake(pair.client.get());
    sizes.take(watches[0].hello.size());
    if (length % 16 != 0) continue;
    for (int i = 0; i < 3; ++i) {
      SSL_do_handshake(pair.server.get());
      SSL_do_handshake(pair.client.get());
    }
    established += SSL_is_init_finished(pair.server.get());
    reused += SSL_session_reused(pair.server.get());
  }
  line(title + " in the gap", sizes.in_gap);
  line(title + " at its end", sizes.at_end);
  line(title + " above", sizes.long_one);
  line(title + " established", established);
  line(title + " reused", reused);
}

// --- plaintext left in memory ---

// Whether these bytes, each with its lowest bit turned over, are anywhere in the heap. Turned, so
// that the copy that is looked for is not found.
bool in_memory(std::string turned) {
  std::ifstream maps("/proc/self/maps");
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  std::string entry;
  while (std::getline(maps, entry)) {
    unsigned long begin = 0, end = 0;
    char rights[8] = {};
    if (std::sscanf(entry.c_str(), "%lx-%lx %7s", &begin, &end, rights) != 3) continue;
    if (std::strncmp(rights, "rw", 2) != 0 || entry.find("[stack]") != std::string::npos) continue;
    static char block[1 << 16];
    for (unsigned long at = begin; at < end; at += sizeof block / 2) {
      memory.clear();
      memory.seekg(static_cast<std::streamoff>(at));
      memory.read(block,
                  static_cast<std::streamsize>(std::min<unsigned long>(sizeof block, end - at)));
      const auto size = static_cast<std::size_t>(memory.gcount());
      for (std::size_t i = 0; i < size; ++i) block[i] ^= 1;
      const char* found = std::search(block, block + size, turned.begin(), turned.end());
      const bool here = found != block + size;
      std::memset(block, 0, sizeof block);
      if (here) return true;
    }
  }
  return false;
}

constexpr int kSecretSize = 48;

std::string turned_secret(int number) {
  std::string text;
  for (int i = 0; i < kSecretSize; ++i) text += static_cast<char>((i * 37 + number * 11) | 0x80);
  return text;
}

void write_secret(SSL* ssl, int number) {
  std::string secret = turned_secret(number);
  for (char& byte : secret) byte ^= 1;
  SSL_write(ssl, secret.data(), kSecretSize);
  OPENSSL_cleanse(secret.data(), secret.size());
}

void read_and_forget(SSL* ssl, int size) {
  char text[kSecretSize];
  SSL_read(ssl, text, size);
  OPENSSL_cleanse(text, sizeof text);
}

void show_left(Trial& trial, int number) {
  write_secret(trial.client(), number);
  read_and_forget(trial.server(), 5);
  trial.show("read in part", in_memory(turned_secret(number).substr(5)));
  read_and_forget(trial.server(), kSecretSize);
  trial.show("read", in_memory(turned_secret(number).substr(0, 40)));
  // What is left in memory that was freed without cleansing is up to malloc.
  if ((SSL_get_options(trial.server()) & SSL_OP_CLEANSE_PLAINTEXT) == 0) return;
  write_secret(trial.client(), -number);
  read_and_forget(trial.server(), 5);
  trial.release();
  trial.show("released", in_memory(turned_secret(-number).substr(5)));
}

// A scan that finds nothing anywhere would make two equal reports.
bool scan_works() {
  std::string planted = turned_secret(0);
  for (char& byte : planted) byte ^= 1;
  return in_memory(turned_secret(0)) && !in_memory(turned_secret(100));
}

void cleansing() {
  int number = 0;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* suites : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"}) {
      try_setting(
          std::string("CLEANSE_PLAINTEXT ") + suites,
          {.version = version,
           .before = [&](Trial& trial) { SSL_CTX_set_cipher_list(trial.client_ctx(), suites); },
           .after = [&](Trial& trial) { show_left(trial, ++number); }},
          option(End::server, SSL_OP_CLEANSE_PLAINTEXT));
    }
  }
}

// --- a key without a key exchange (RFC 8446 §4.2.9) ---

const unsigned char kKey[32] = {7};

unsigned of_client(SSL*, const char*, char* identity, unsigned, unsigned char* key, unsigned) {
  std::strcpy(identity, "someone");
  std::memcpy(key, kKey, sizeof kKey);
  return sizeof kKey;
}

unsigned of_server(SSL*, const char*, unsigned char* key, unsigned) {
  std::memcpy(key, kKey, sizeof kKey);
  return sizeof kKey;
}

void shared_key(Trial& trial) {
  SSL_CTX_set_psk_client_callback(trial.client_ctx(), of_client);
  SSL_CTX_set_psk_server_callback(trial.server_ctx(), of_server);
  for (SSL_CTX* ctx : {trial.client_ctx(), trial.server_ctx()}) {
    SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256");
  }
}

void without_key_exchange() {
  for (const char* groups : {"P-384", "P-384:X25519"}) {
    for (const bool other_allows : {true, false}) {
      for (const End end : {End::client, End::server}) {
        const Scene scene{
            .before =
                [&](Trial& trial) {
                  shared_key(trial);
                  SSL_CTX_set1_groups_list(trial.client_ctx(), "X25519:P-256");
                  SSL_CTX_set1_groups_list(trial.server_ctx(), groups);
                  SSL_CTX* other = end == End::client ? trial.server_ctx() : trial.client_ctx();
                  if (other_allows) SSL_CTX_set_options(other, SSL_OP_ALLOW_NO_DHE_KEX);
                },
            .after =
                [](Trial& trial) {
                  trial.show("reused", SSL_session_reused(trial.client()));
                  trial.show("extensions", list(extensions_of(trial.sent_by_server().hello)));
                  EVP_PKEY* key = nullptr;
                  trial.show("share", SSL_get_peer_tmp_key(trial.client(), &key));
                  EVP_PKEY_free(key);
                  if (SSL_is_init_finished(trial.client()) == 1) {
                    trial.show("group", SSL_get_negotiated_group(trial.client()));
                  }
                }};
        const std::string side = end == End::client ? "client's " : "server's ";
        try_setting(side + "ALLOW_NO_DHE_KEX " + groups + (other_allows ? " both" : ""), scene,
                    option(end, SSL_OP_ALLOW_NO_DHE_KEX));
      }
    }
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (!scan_works()) return 1;
  cleansing();
  without_key_exchange();
  versions();
  preference();
  extensions();
  authorities();
  middlebox();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool resumes : {false, true}) {
      padding(version, 0, resumes);
      padding(version, SSL_OP_TLSEXT_PADDING, resumes);
      padding(version, SSL_OP_ALL, resumes);
    }
  }
  return 0;
}
