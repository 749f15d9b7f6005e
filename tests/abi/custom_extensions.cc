// Extensions of the application's: what may be registered, who is called when and with what, and
// what becomes of each answer.
#include <openssl/ct.h>

#include <cstring>
#include <string>
#include <vector>

#include "connections.h"

namespace {

using abi::Context;
using abi::line;
using abi::Pair;

constexpr unsigned kEverywhere = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
                                 SSL_EXT_TLS1_3_SERVER_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS |
                                 SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST | SSL_EXT_TLS1_3_CERTIFICATE |
                                 SSL_EXT_TLS1_3_NEW_SESSION_TICKET |
                                 SSL_EXT_TLS1_3_CERTIFICATE_REQUEST;
constexpr unsigned kHellos =
    SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS;

std::string title;

// What one registration answers with.
struct Script {
  const char* name;
  int add = 1;
  int parse = 1;
  unsigned only = ~0u;  // the contexts that get these answers; in others both are 1
  int alert = -1;
  std::size_t size = 2;
};

std::string place(SSL* ssl, unsigned type, unsigned context, X509* x, std::size_t chain) {
  char text[96];
  std::snprintf(text, sizeof text, "%s type %u context %x certificate %s %zu",
                SSL_is_server(ssl) ? "server" : "client", type, context, abi::name_of(x).c_str(),
                chain);
  return text;
}

int on_add(SSL* ssl, unsigned type, unsigned context, const unsigned char** out, std::size_t* size,
           X509* x, std::size_t chain, int* alert, void* arg) {
  const auto& script = *static_cast<const Script*>(arg);
  const int answer = (script.only & context) != 0 ? script.add : 1;
  line(title + " " + script.name + " adds",
       place(ssl, type, context, x, chain) + " answers " + std::to_string(answer));
  if (script.alert >= 0) *alert = script.alert;
  if (answer <= 0) return answer;
  auto* content = static_cast<unsigned char*>(OPENSSL_zalloc(script.size + 1));
  std::memset(content, 'x', script.size);
  *out = content;
  *size = script.size;
  return answer;
}

void on_free(SSL* ssl, unsigned type, unsigned context, const unsigned char* out, void* arg) {
  const auto& script = *static_cast<const Script*>(arg);
  line(title + " " + script.name + " frees", place(ssl, type, context, nullptr, 0));
  OPENSSL_free(const_cast<unsigned char*>(out));
}

int on_parse(SSL* ssl, unsigned type, unsigned context, const unsigned char* in, std::size_t size,
             X509* x, std::size_t chain, int* alert, void* arg) {
  const auto& script = *static_cast<const Script*>(arg);
  const int answer = (script.only & context) != 0 ? script.parse : 1;
  line(title + " " + script.name + " parses",
       place(ssl, type, context, x, chain) + " \"" +
           std::string(reinterpret_cast<const char*>(in), size < 20 ? size : 20) + "\" " +
           std::to_string(size) + " answers " + std::to_string(answer));
  if (script.alert >= 0) *alert = script.alert;
  return answer;
}

int add(const Context& ctx, unsigned type, unsigned context, const Script& script) {
  return SSL_CTX_add_custom_ext(ctx.get(), type, context, on_add, on_free,
                                const_cast<Script*>(&script), on_parse,
                                const_cast<Script*>(&script));
}

int on_old_add(SSL* ssl, unsigned type, const unsigned char** out, std::size_t* size, int* alert,
               void* arg) {
  return on_add(ssl, type, 0, out, size, nullptr, 0, alert, arg);
}
void on_old_free(SSL* ssl, unsigned type, const unsigned char* out, void* arg) {
  on_free(ssl, type, 0, out, arg);
}
int on_old_parse(SSL* ssl, unsigned type, const unsigned char* in, std::size_t size, int* alert,
                 void* arg) {
  return on_parse(ssl, type, 0, in, size, nullptr, 0, alert, arg);
}

int add_client(const Context& ctx, unsigned type, const Script& script) {
  return SSL_CTX_add_client_custom_ext(ctx.get(), type, on_old_add, on_old_free,
                                       const_cast<Script*>(&script), on_old_parse,
                                       const_cast<Script*>(&script));
}
int add_server(const Context& ctx, unsigned type, const Script& script) {
  return SSL_CTX_add_server_custom_ext(ctx.get(), type, on_old_add, on_old_free,
                                       const_cast<Script*>(&script), on_old_parse,
                                       const_cast<Script*>(&script));
}

// The types at the head of an extension block that are the application's.
void on_message(int written, int, int type, const void* data, std::size_t size, SSL* ssl, void*) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  if (!written || type != SSL3_RT_HANDSHAKE || size < 42) return;
  std::size_t at = 0;
  if (bytes[0] == SSL3_MT_CLIENT_HELLO) {
    at = 4 + 2 + 32;
    at += 1u + bytes[at];
    at += 2u + (bytes[at] << 8 | bytes[at + 1]);
    at += 1u + bytes[at] + 2;
  } else if (bytes[0] == SSL3_MT_SERVER_HELLO) {
    at = 4 + 2 + 32;
    at += 1u + bytes[at] + 3 + 2;
  } else {
    return;
  }
  std::string own;
  while (at + 4 <= size) {
    const unsigned extension = bytes[at] << 8 | bytes[at + 1];
    if (extension < 1000 || extension == 0xff01) break;
    own += " " + std::to_string(extension);
    at += 4u + (bytes[at + 2] << 8 | bytes[at + 3]);
  }
  line(title + (SSL_is_server(ssl) ? " server hello" : " client hello") + " begins with", own);
}

struct Scene {
  Context client, server;

  Scene(const std::string& what, int version)
      : client(abi::make_client(version)), server(abi::make_server(version)) {
    title = what + (version == TLS1_3_VERSION ? " 1.3" : " 1.2");
    SSL_CTX_set_msg_callback(client.get(), on_message);
    SSL_CTX_set_msg_callback(server.get(), on_message);
  }
  bool play() { return play(nullptr) != nullptr; }
  // A session to resume, if there is one.
  abi::Session play(SSL_SESSION* offered) {
    Pair pair(client.get(), server.get());
    if (offered != nullptr) SSL_set_session(pair.client.get(), offered);
    if (!pair.handshake(title)) return nullptr;
    pair.read_both();
    line(title + " resumed", SSL_session_reused(pair.client.get()));
    return abi::Session(SSL_get1_session(pair.client.get()));
  }
};

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

void registration() {
  const Script script{"r"};
  for (unsigned type = 0; type < 60; ++type) {
    const Context ctx = abi::make_client(TLS1_3_VERSION);
    line("register " + std::to_string(type), add(ctx, type, kEverywhere, script));
    line("supported " + std::to_string(type), SSL_extension_supported(type));
  }
  const Context ctx = abi::make_client(TLS1_3_VERSION);
  for (const unsigned type : {0xff01u, 13172u, 0xfde8u, 0xfffeu, 0xffffu, 0x10000u, 0x10010u}) {
    line("register " + std::to_string(type), add(ctx, type, kEverywhere, script));
    line("supported " + std::to_string(type), SSL_extension_supported(type));
    line("has " + std::to_string(type), SSL_CTX_has_client_custom_ext(ctx.get(), type));
  }
  line("again", add(ctx, 0xfffe, SSL_EXT_CLIENT_HELLO, script));
  line("client again", add_client(ctx, 0xfffe, script));
  line("server again", add_server(ctx, 0xfffe, script));
  line("client", add_client(ctx, 1000, script));
  line("client twice", add_client(ctx, 1000, script));
  line("has client's", SSL_CTX_has_client_custom_ext(ctx.get(), 1000));
  line("both after client", add(ctx, 1000, kEverywhere, script));
  line("server after client", add_server(ctx, 1000, script));
  line("server alone", add_server(ctx, 1001, script));
  line("has server's", SSL_CTX_has_client_custom_ext(ctx.get(), 1001));
  line("no context", add(ctx, 1002, 0, script));
  line("free without add", SSL_CTX_add_custom_ext(ctx.get(), 1003, kHellos, nullptr, on_free,
                                                  nullptr, nullptr, nullptr));
  line("nothing", SSL_CTX_add_custom_ext(ctx.get(), 1003, kHellos, nullptr, nullptr, nullptr,
                                         nullptr, nullptr));
  line("old, free without add", SSL_CTX_add_client_custom_ext(ctx.get(), 1004, nullptr, on_old_free,
                                                              nullptr, nullptr, nullptr));
  line("old, type too large", add_client(ctx, 0x10000, script));
  line("old, built in", add_client(ctx, TLSEXT_TYPE_server_name, script));
}

void timestamps() {
  const Script script{"sct"};
  Context ctx = abi::make_client(TLS1_3_VERSION);
  line("enable ct", SSL_CTX_enable_ct(ctx.get(), SSL_CT_VALIDATION_PERMISSIVE));
  line("sct beside ct", add(ctx, 18, kEverywhere, script));
  line("sct elsewhere", add(ctx, 18, SSL_EXT_TLS1_3_CERTIFICATE, script));
  ctx = abi::make_client(TLS1_3_VERSION);
  line("sct", add(ctx, 18, kEverywhere, script));
  line("ct beside sct", SSL_CTX_enable_ct(ctx.get(), SSL_CT_VALIDATION_PERMISSIVE));
  line("ct off", SSL_CTX_set_ct_validation_callback(ctx.get(), nullptr, nullptr));
  const abi::Connection ssl(SSL_new(ctx.get()));
  line("ssl ct beside sct", SSL_enable_ct(ssl.get(), SSL_CT_VALIDATION_STRICT));
  for (const int version : kVersions) {
    Scene scene("sct", version);
    const unsigned contexts = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
                              SSL_EXT_TLS1_3_CERTIFICATE | SSL_EXT_IGNORE_ON_RESUMPTION;
    add(scene.client, 18, contexts, script);
    add(scene.server, 18, contexts, script);
    const abi::Session session = scene.play(nullptr);
    scene.play(session.get());
    Scene old("old sct", version);
    add_client(old.client, 18, script);
    add(old.server, 18, contexts, script);
    old.play();
  }
}

// Extensions that both libraries know have no place in a ticket, whoever writes them.
void timestamps_in_a_ticket() {
  const Script script{"sct"};
  constexpr unsigned kContexts = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_NEW_SESSION_TICKET;
  for (const bool client_too : {false, true}) {
    Scene scene(client_too ? "sct in a ticket, known" : "sct in a ticket", TLS1_3_VERSION);
    add(scene.server, 18, kContexts, script);
    if (client_too) add(scene.client, 18, kContexts, script);
    Pair pair(scene.client.get(), scene.server.get());
    pair.handshake(title);
    char byte = 0;
    line(title + " read", SSL_read(pair.client.get(), &byte, 1));
    line(title + " alert", SSL_read(pair.server.get(), &byte, 1));
  }
}

void everywhere() {
  for (const int version : kVersions) {
    const Script one{"one"}, two{"two"};
    Scene scene("everywhere", version);
    add(scene.client, 2000, kEverywhere, one);
    add(scene.client, 1999, kEverywhere | SSL_EXT_IGNORE_ON_RESUMPTION, two);
    add(scene.server, 1999, kEverywhere | SSL_EXT_IGNORE_ON_RESUMPTION, two);
    add(scene.server, 2000, kEverywhere, one);
    SSL_CTX_set_verify(scene.server.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    SSL_CTX_use_certificate(scene.client.get(), abi::certificate());
    SSL_CTX_use_PrivateKey(scene.client.get(), abi::key());
    const abi::Certificate above = abi::make_certificate(abi::key(), "above");
    SSL_CTX_add1_chain_cert(scene.client.get(), above.get());
    SSL_CTX_add1_chain_cert(scene.server.get(), above.get());
    const abi::Session session = scene.play(nullptr);
    scene.play(session.get());
  }
}

void retry() {
  const Script script{"retry"};
  Scene scene("HelloRetryRequest", TLS1_3_VERSION);
  add(scene.client, 2000, kEverywhere, script);
  add(scene.server, 2000, kEverywhere, script);
  SSL_CTX_set1_groups_list(scene.client.get(), "X25519:P-384");
  SSL_CTX_set1_groups_list(scene.server.get(), "P-384");
  scene.play();
}

// Where each flag leaves an extension out.
void flags() {
  const Script script{"flag"};
  const unsigned kFlags[] = {SSL_EXT_TLS_ONLY,
                             SSL_EXT_DTLS_ONLY,
                             SSL_EXT_TLS_IMPLEMENTATION_ONLY,
                             SSL_EXT_SSL3_ALLOWED,
                             SSL_EXT_TLS1_2_AND_BELOW_ONLY,
                             SSL_EXT_TLS1_3_ONLY,
                             SSL_EXT_TLS1_3_ONLY | SSL_EXT_TLS1_2_AND_BELOW_ONLY,
                             SSL_EXT_IGNORE_ON_RESUMPTION};
  for (const int version : kVersions) {
    for (const unsigned flag : kFlags) {
      for (const bool both : {true, false}) {
        Scene scene("flag " + std::to_string(flag) + (both ? " both" : " server"), version);
        add(scene.client, 2000, kHellos | (both ? flag : 0), script);
        add(scene.server, 2000, kHellos | flag, script);
        scene.play();
      }
    }
  }
}

// An extension where the other side does not expect it.
void contexts() {
  const Script script{"context"};
  const unsigned kContexts[] = {SSL_EXT_CLIENT_HELLO,
                                SSL_EXT_TLS1_2_SERVER_HELLO,
                                SSL_EXT_TLS1_3_SERVER_HELLO,
                                SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS,
                                SSL_EXT_TLS1_3_CERTIFICATE,
                                SSL_EXT_TLS1_3_NEW_SESSION_TICKET,
                                SSL_EXT_TLS1_3_CERTIFICATE_REQUEST};
  for (const int version : kVersions) {
    for (const unsigned context : kContexts) {
      Scene client("client only in " + std::to_string(context), version);
      add(client.client, 2000, context, script);
      add(client.server, 2000, kEverywhere, script);
      client.play();
      Scene also("client in hello and " + std::to_string(context), version);
      add(also.client, 2000, context | SSL_EXT_CLIENT_HELLO, script);
      add(also.server, 2000, kEverywhere, script);
      also.play();
      Scene server("server only in " + std::to_string(context), version);
      add(server.client, 2000, kEverywhere, script);
      add(server.server, 2000, context, script);
      server.play();
    }
  }
}

void answers() {
  const Script good{"good"};
  const unsigned kContexts[] = {SSL_EXT_CLIENT_HELLO,        SSL_EXT_TLS1_2_SERVER_HELLO,
                                SSL_EXT_TLS1_3_SERVER_HELLO, SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS,
                                SSL_EXT_TLS1_3_CERTIFICATE,  SSL_EXT_TLS1_3_NEW_SESSION_TICKET};
  for (const int version : kVersions) {
    for (const unsigned context : kContexts) {
      for (const Script& bad : {Script{"adds none", 0, 1, context},
                                Script{"cannot add", -1, 1, context, SSL_AD_ACCESS_DENIED},
                                Script{"adds two", 2, 1, context},
                                Script{"refuses with an alert", 1, 0, context, SSL_AD_UNKNOWN_CA},
                                Script{"refuses, negative", 1, -1, context, SSL_AD_UNKNOWN_CA},
                                Script{"adds nothing", 1, 1, context, -1, 0},
                                Script{"adds much", 1, 1, context, -1, 20000}}) {
        // What the peer hears of a failure before or in the middle of a flight is not this
        // program's subject.
        if (bad.add < 0 &&
            (context == SSL_EXT_CLIENT_HELLO || context == SSL_EXT_TLS1_3_CERTIFICATE)) {
          continue;
        }
        Scene client("answer " + std::to_string(context) + " client", version);
        add(client.client, 2000, kEverywhere, bad);
        add(client.server, 2000, kEverywhere, good);
        client.play();
        Scene server("answer " + std::to_string(context) + " server", version);
        add(server.client, 2000, kEverywhere, good);
        add(server.server, 2000, kEverywhere, bad);
        server.play();
      }
    }
  }
}

void without_functions() {
  const Script script{"full"};
  for (const int version : kVersions) {
    Scene client("client without functions", version);
    SSL_CTX_add_custom_ext(client.client.get(), 2000, kEverywhere, nullptr, nullptr, nullptr,
                           nullptr, nullptr);
    add(client.server, 2000, kEverywhere, script);
    client.play();
    Scene server("server without functions", version);
    add(server.client, 2000, kEverywhere, script);
    SSL_CTX_add_custom_ext(server.server.get(), 2000, kEverywhere, nullptr, nullptr, nullptr,
                           nullptr, nullptr);
    server.play();
    Scene old("old without functions", version);
    SSL_CTX_add_client_custom_ext(old.client.get(), 2000, nullptr, nullptr, nullptr, on_old_parse,
                                  const_cast<Script*>(&script));
    SSL_CTX_add_server_custom_ext(old.server.get(), 2000, nullptr, nullptr, nullptr, on_old_parse,
                                  const_cast<Script*>(&script));
    old.play();
  }
}

void old_form() {
  for (const int version : kVersions) {
    const Script one{"one"}, two{"two"}, three{"three"};
    Scene scene("old", version);
    add_client(scene.client, 2000, one);
    add_client(scene.client, 2001, two);
    add_server(scene.server, 2001, one);
    add_server(scene.server, 2000, two);
    add_client(scene.server, 2002, three);
    const abi::Session session = scene.play(nullptr);
    scene.play(session.get());
    Scene mixed("old client, new server", version);
    add_client(mixed.client, 2000, one);
    add(mixed.server, 2000, kEverywhere, two);
    mixed.play();
    const Script bad{"bad", -1, 0, ~0u, SSL_AD_ACCESS_DENIED};
    Scene failing("old fails", version);
    add_client(failing.client, 2000, bad);
    failing.play();
  }
}

// The server's name callback changes to a context with other extensions.
Context other;
void switching() {
  for (const int version : kVersions) {
    const Script first{"first"}, second{"second"};
    Scene scene("switch", version);
    other = abi::make_server(version);
    add(scene.client, 2000, kHellos, first);
    add(scene.client, 2001, kHellos, first);
    add(scene.server, 2000, kHellos, first);
    add(other, 2001, kHellos, second);
    add(other, 2000, kHellos, second);
    SSL_CTX_set_tlsext_servername_callback(
        scene.server.get(), +[](SSL* ssl, int*, void*) -> int {
          line(title + " switches", SSL_set_SSL_CTX(ssl, other.get()) == other.get());
          return SSL_TLSEXT_ERR_OK;
        });
    Pair pair(scene.client.get(), scene.server.get());
    SSL_set_tlsext_host_name(pair.client.get(), "a");
    pair.handshake(title);
    other.reset();
  }
}

void again_in_renegotiation() {
  const Script script{"again"};
  Scene scene("renegotiation", TLS1_2_VERSION);
  add(scene.client, 2000, kHellos, script);
  add(scene.server, 2000, kHellos, script);
  SSL_CTX_set_options(scene.server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  Pair pair(scene.client.get(), scene.server.get());
  pair.handshake(title);
  line("asks", SSL_renegotiate(pair.client.get()));
  for (int i = 0; i < 4; ++i) {
    SSL_do_handshake(pair.client.get());
    pair.read_both();
  }
}

void connections_keep_theirs() {
  const Script script{"late"};
  Scene scene("late", TLS1_3_VERSION);
  Pair before(scene.client.get(), scene.server.get());
  add(scene.client, 2000, kHellos, script);
  add(scene.server, 2000, kHellos, script);
  before.handshake(title + " before");
  Pair after(scene.client.get(), scene.server.get());
  after.handshake(title + " after");
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  registration();
  timestamps();
  timestamps_in_a_ticket();
  everywhere();
  retry();
  flags();
  contexts();
  answers();
  without_functions();
  old_form();
  switching();
  again_in_renegotiation();
  connections_keep_theirs();
  return 0;
}
