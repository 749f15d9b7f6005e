// Pre-shared keys of TLS 1.3 that the application brings: what its callbacks are asked, and what
// comes of their answers.
#include <openssl/ssl.h>

#include <functional>
#include <string>
#include <vector>

#include "connections.h"

namespace {

using namespace abi;
using namespace ciao::tls::testing;
using abi::Pair;

constexpr int kVersion = TLS1_3_VERSION;
constexpr unsigned kLimit = 1000;

constexpr std::uint16_t kAes128 = 0x1301;  // SHA-256
constexpr std::uint16_t kAes256 = 0x1302;  // SHA-384
constexpr std::uint16_t kChaCha20 = 0x1303;

// What one side's application answers.
struct Answers {
  std::string identity = "identity";
  std::string key = std::string(32, 'k');
  std::uint16_t suite = kAes128;
  int version = kVersion;
  unsigned max_early_data = 0;
  std::string alpn, host;
  long age = 0;
  bool has_session = true;
  int result = 1;
  // Old callbacks.
  int key_size = -1;  // said to be; less than 0: as it is
  int terminated = 1;
  SSL_SESSION* given = nullptr;  // not owned
  void (*prepare)(SSL_SESSION*) = nullptr;
};

Answers client_side, server_side;

void agree_on(std::string Answers::* what, const std::string& value) {
  client_side.*what = value;
  server_side.*what = value;
}

std::string name_of(const SSL_CIPHER* cipher) {
  return cipher != nullptr ? SSL_CIPHER_get_name(cipher) : "-";
}

SSL_SESSION* make_session(SSL* ssl, Answers& answers) {
  if (!answers.has_session) return nullptr;
  SSL_SESSION* session = SSL_SESSION_new();
  const unsigned char id[] = {static_cast<unsigned char>(answers.suite >> 8),
                              static_cast<unsigned char>(answers.suite)};
  SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, id));
  SSL_SESSION_set1_master_key(session, reinterpret_cast<const unsigned char*>(answers.key.data()),
                              answers.key.size());
  SSL_SESSION_set_protocol_version(session, answers.version);
  SSL_SESSION_set_max_early_data(session, answers.max_early_data);
  if (!answers.alpn.empty()) {
    SSL_SESSION_set1_alpn_selected(
        session, reinterpret_cast<const unsigned char*>(answers.alpn.data()), answers.alpn.size());
  }
  if (!answers.host.empty()) SSL_SESSION_set1_hostname(session, answers.host.c_str());
  if (answers.age != 0) {
    SSL_SESSION_set_time(session, SSL_SESSION_get_time(session) - answers.age);
  }
  if (answers.prepare != nullptr) answers.prepare(session);
  answers.given = session;
  return session;
}

int on_use(SSL* ssl, const EVP_MD* md, const unsigned char** id, std::size_t* size,
           SSL_SESSION** session) {
  line("use callback", md != nullptr ? EVP_MD_get0_name(md) : "no hash");
  *session = make_session(ssl, client_side);
  *id = reinterpret_cast<const unsigned char*>(client_side.identity.data());
  *size = client_side.identity.size();
  return client_side.result;
}

int on_find(SSL* ssl, const unsigned char* id, std::size_t size, SSL_SESSION** session) {
  const std::string identity(reinterpret_cast<const char*>(id), size);
  const bool known = identity == server_side.identity;
  // What a ticket looks like is the library's affair.
  line("find callback", known ? identity.substr(0, 40) : "(unknown)");
  *session = known ? make_session(ssl, server_side) : nullptr;
  return server_side.result;
}

unsigned on_client_psk(SSL*, const char* hint, char* identity, unsigned identity_size,
                       unsigned char* key, unsigned key_size) {
  line("client psk callback", hint);
  line("  room for the identity", identity_size);
  line("  room for the key", key_size);
  const std::string& own = client_side.identity;
  own.copy(identity, identity_size + (client_side.terminated != 0 ? 0 : 1));
  client_side.key.copy(reinterpret_cast<char*>(key), key_size);
  return client_side.key_size < 0 ? static_cast<unsigned>(client_side.key.size())
                                  : static_cast<unsigned>(client_side.key_size);
}

unsigned on_server_psk(SSL*, const char* identity, unsigned char* key, unsigned key_size) {
  const std::string given(identity);
  const bool known = given == server_side.identity;
  line("server psk callback", known ? given.substr(0, 40) : "(unknown)");
  line("  room", key_size);
  if (server_side.key_size >= 0) return static_cast<unsigned>(server_side.key_size);
  if (!known) return 0;
  server_side.key.copy(reinterpret_cast<char*>(key), key_size);
  return static_cast<unsigned>(server_side.key.size());
}

// The order of messages says what kind of handshake it was.
void on_message(int sent, int, int type, const void* bytes, std::size_t size, SSL*, void* arg) {
  if (type != SSL3_RT_HANDSHAKE || size == 0) return;
  auto* text = static_cast<std::string*>(arg);
  *text += sent != 0 ? " >" : " <";
  *text += std::to_string(*static_cast<const unsigned char*>(bytes));
}

Session newest;
int tickets = 0;

int on_new_session(SSL*, SSL_SESSION* session) {
  newest.reset(session);
  ++tickets;
  return 1;
}

enum class Callbacks { none, session, old, both };

struct World {
  World(std::string name, Callbacks near, Callbacks far, bool certificate = true)
      : title(std::move(name)),
        client_ctx(make_client(kVersion)),
        server_ctx(certificate ? make_server(kVersion)
                               : make_context(TLS_server_method(), kVersion)) {
    client_side = server_side = Answers();
    SSL_CTX_set_session_cache_mode(client_ctx.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(client_ctx.get(), on_new_session);
    prefer("TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384");
    use(near, far);
  }

  // A server chooses the suite first, and then a key that fits it.
  void prefer(const char* suites) { SSL_CTX_set_ciphersuites(client_ctx.get(), suites); }

  void use(Callbacks near, Callbacks far) {
    const auto has = [](Callbacks which, Callbacks one) {
      return which == one || which == Callbacks::both;
    };
    SSL_CTX_set_psk_use_session_callback(client_ctx.get(),
                                         has(near, Callbacks::session) ? on_use : nullptr);
    SSL_CTX_set_psk_client_callback(client_ctx.get(),
                                    has(near, Callbacks::old) ? on_client_psk : nullptr);
    SSL_CTX_set_psk_find_session_callback(server_ctx.get(),
                                          has(far, Callbacks::session) ? on_find : nullptr);
    SSL_CTX_set_psk_server_callback(server_ctx.get(),
                                    has(far, Callbacks::old) ? on_server_psk : nullptr);
  }

  Pair& open() {
    pair = std::make_unique<Pair>(client_ctx.get(), server_ctx.get());
    tickets = 0;
    client_messages.clear();
    SSL_set_msg_callback(pair->client.get(), on_message);
    SSL_set_msg_callback_arg(pair->client.get(), &client_messages);
    return *pair;
  }

  bool run(bool shows = true) {
    if (!pair) open();
    const bool done = pair->handshake(title);
    if (done) {
      pair->read_both();
      if (shows) show();
    } else if (shows) {
      line(title + " messages", client_messages);
    }
    return done;
  }

  void show() {
    line(title + " messages", client_messages);
    for (SSL* ssl : {pair->client.get(), pair->server.get()}) {
      const bool client = ssl == pair->client.get();
      const std::string who = title + (client ? " client " : " server ");
      SSL_SESSION* session = SSL_get_session(ssl);
      const Certificate peer(SSL_get1_peer_certificate(ssl));
      line(who + "reused", SSL_session_reused(ssl));
      line(who + "suite", name_of(SSL_get_current_cipher(ssl)));
      line(who + "peer", abi::name_of(peer.get()));
      line(who + "verify result", SSL_get_verify_result(ssl));
      line(who + "identity", SSL_get_psk_identity(ssl));
      line(who + "hint", SSL_get_psk_identity_hint(ssl));
      line(who + "early data", SSL_get_early_data_status(ssl));
      line(who + "session's suite", name_of(SSL_SESSION_get0_cipher(session)));
      line(who + "session's version", SSL_SESSION_get_protocol_version(session));
      line(who + "session resumable", SSL_SESSION_is_resumable(session));
      line(who + "session's peer", SSL_SESSION_get0_peer(session) != nullptr);
      // OpenSSL's client keeps that of the session before where a new ticket allows none.
      if (!client) line(who + "session's limit", SSL_SESSION_get_max_early_data(session));
      line(who + "session's timeout", SSL_SESSION_get_timeout(session));
      unsigned size = 0;
      SSL_SESSION_get0_id_context(session, &size);
      line(who + "session's context", size);
      SSL_CTX* ctx = client ? client_ctx.get() : server_ctx.get();
      line(who + "statistics", std::to_string(SSL_CTX_sess_hits(ctx)) + " " +
                                   std::to_string(SSL_CTX_sess_misses(ctx)) + " " +
                                   std::to_string(SSL_CTX_sess_timeouts(ctx)));
    }
    line(title + " tickets", tickets);
    talk();
  }

  void talk() {
    char data[8] = {};
    SSL_write(pair->client.get(), "question", 8);
    line(title + " server reads", SSL_read(pair->server.get(), data, 8));
    SSL_write(pair->server.get(), "answer", 6);
    line(title + " client reads", SSL_read(pair->client.get(), data, 6));
  }

  // The ticket that came last, in a connection of its own.
  void resume(const std::string& how) {
    const Session session = std::move(newest);
    line(title + " has a ticket", session != nullptr);
    const std::string before = title;
    title += ", " + how;
    open();
    SSL_set_session(pair->client.get(), session.get());
    run();
    title = before;
  }

  std::string title;
  Context client_ctx, server_ctx;
  std::unique_ptr<Pair> pair;
  std::string client_messages;
};

void agreed() {
  for (const std::uint16_t suite : {kAes128, kAes256, kChaCha20}) {
    World world("suite " + std::to_string(suite), Callbacks::session, Callbacks::session);
    client_side.suite = server_side.suite = suite;
    if (suite == kAes256) world.prefer("TLS_AES_256_GCM_SHA384");
    if (suite == kAes256) agree_on(&Answers::key, std::string(100, 'l'));
    if (world.run()) {
      line("the client's session is the application's",
           SSL_get_session(world.pair->client.get()) == client_side.given);
    }
    world.use(Callbacks::none, Callbacks::none);
    world.resume("by ticket alone");
    world.use(Callbacks::session, Callbacks::session);
    world.resume("by ticket and key");
  }
}

// A server that takes no tickets, and one whose suites have another hash.
void beside_a_ticket() {
  World world("beside a ticket", Callbacks::session, Callbacks::session);
  world.run(false);
  SSL_CTX_flush_sessions(world.server_ctx.get(), 1L << 40);
  const Context other = make_server(kVersion);
  SSL_CTX_set_psk_find_session_callback(other.get(), on_find);
  std::swap(world.server_ctx, const_cast<Context&>(other));
  world.resume("unknown");
  std::swap(world.server_ctx, const_cast<Context&>(other));
  world.run(false);
  server_side.identity = "nobody";
  world.pair.reset();
  world.run(false);
  world.resume("only the ticket is known");
  world.use(Callbacks::none, Callbacks::session);
  world.prefer("TLS_AES_256_GCM_SHA384");
  world.pair.reset();
  server_side.identity = "identity";
  world.run(false);
  world.use(Callbacks::session, Callbacks::session);
  world.prefer("TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
  world.resume("of another hash");
}

void refused(const std::string& title, const std::function<void(World&)>& change,
             bool certificate = true, Callbacks near = Callbacks::session,
             Callbacks far = Callbacks::session) {
  World world(title, near, far, certificate);
  change(world);
  world.run();
}

// A client that refuses to begin. OpenSSL's sends an alert as the first thing that the server
// hears: only the call itself is compared.
void does_not_begin(const std::string& title, const std::function<void()>& change,
                    Callbacks near = Callbacks::session) {
  World world(title, near, Callbacks::none);
  change();
  SSL* const client = world.open().client.get();
  const int result = SSL_do_handshake(client);
  const int error = SSL_get_error(client, result);
  line(title, std::to_string(result) + "/" + std::to_string(error));
}

// The alert is not compared: RFC 8446 leaves it open, and OpenSSL's is illegal_parameter.
void wrong_binder(const std::string& title, const std::function<void()>& change,
                  Callbacks both = Callbacks::session) {
  World world(title, both, both);
  change();
  Pair& pair = world.open();
  SSL_do_handshake(pair.client.get());
  ERR_clear_error();
  line(title, SSL_do_handshake(pair.server.get()));
}

void refusals() {
  for (const bool certificate : {true, false}) {
    const std::string with = certificate ? ", with a certificate" : ", without a certificate";
    refused(
        "unknown identity" + with, [](World&) { server_side.identity = "nobody"; }, certificate);
    const auto sha384_first = [](World& w) {
      w.prefer("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
    };
    const auto sha384 = [](World& w) { w.prefer("TLS_AES_256_GCM_SHA384"); };
    refused("agreed" + with, [](World&) {}, certificate);
    refused("another hash first" + with, sha384_first, certificate);
    refused("another hash" + with, sha384, certificate);
    refused("another hash first, old callback" + with, sha384_first, certificate, Callbacks::old,
            Callbacks::old);
    refused("another hash, old callback" + with, sha384, certificate, Callbacks::old,
            Callbacks::old);
    refused("another hash first, client alone" + with, sha384_first, certificate, Callbacks::none,
            Callbacks::old);
  }
  refused("server's hash differs", [](World&) { server_side.suite = kAes256; });
  refused("the server's order", [](World& w) {
    SSL_CTX_set_options(w.server_ctx.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  });
  refused("the server's order, and another hash", [](World& w) {
    client_side.suite = server_side.suite = kAes256;
    SSL_CTX_set_options(w.server_ctx.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  });
  wrong_binder("another key", [] { server_side.key[0] = 'x'; });
  wrong_binder("a longer key", [] { server_side.key += 'k'; });
  does_not_begin("use fails", [] { client_side.result = 0; });
  refused("use has none", [](World&) { client_side.has_session = false; });
  does_not_begin("use has one of TLS 1.2", [] { client_side.version = TLS1_2_VERSION; });
  refused("find fails", [](World&) { server_side.result = 0; });
  refused("find has none", [](World&) { server_side.has_session = false; });
  refused("find has one of TLS 1.2", [](World&) { server_side.version = TLS1_2_VERSION; });
  refused("an old one at the server", [](World&) { server_side.age = 1000000; });
  refused("an old one at the client", [](World&) { client_side.age = 1000000; });
  refused("a long identity", [](World&) { agree_on(&Answers::identity, std::string(2000, 'i')); });
  refused("zeros in the identity",
          [](World&) { agree_on(&Answers::identity, std::string("a\0b", 3)); });
  refused("the client's context", [](World& w) {
    SSL_CTX_set_session_id_context(w.client_ctx.get(), reinterpret_cast<const unsigned char*>("c"),
                                   1);
  });
  refused("the client's context in the session", [](World& w) {
    SSL_CTX_set_session_id_context(w.client_ctx.get(), reinterpret_cast<const unsigned char*>("c"),
                                   1);
    client_side.prepare = [](SSL_SESSION* session) {
      SSL_SESSION_set1_id_context(session, reinterpret_cast<const unsigned char*>("c"), 1);
    };
  });
}

void verification() {
  for (const int mode : {SSL_VERIFY_PEER, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT}) {
    World world("verify mode " + std::to_string(mode), Callbacks::session, Callbacks::session);
    SSL_CTX_set_verify(world.server_ctx.get(), mode, nullptr);
    SSL_CTX_set_verify(world.client_ctx.get(), SSL_VERIFY_PEER, nullptr);
    world.run();
    world.use(Callbacks::none, Callbacks::session);
    world.resume("by ticket");
    world.resume("by its ticket");
    SSL_CTX_set_session_id_context(world.server_ctx.get(), nullptr, 0);
    world.use(Callbacks::session, Callbacks::session);
    world.pair.reset();
    world.title += ", without a context";
    world.run();
  }
}

void retried() {
  const auto retry = [](World& w) { SSL_CTX_set1_groups_list(w.server_ctx.get(), "P-384"); };
  // How often a server asks in the first hello is not compared: ciao's does not.
  const auto run = [&](const std::string& title, Callbacks near,
                       const std::function<void(World&)>& change) {
    World world("retry, " + title, near, Callbacks::none);
    retry(world);
    change(world);
    world.run();
  };
  run("sha256", Callbacks::session, [](World& w) { w.prefer("TLS_AES_128_GCM_SHA256"); });
  run("sha384", Callbacks::session, [](World& w) {
    client_side.suite = kAes256;
    w.prefer("TLS_AES_256_GCM_SHA384");
  });
  run("another hash", Callbacks::session, [](World& w) { w.prefer("TLS_AES_256_GCM_SHA384"); });
  run("old callback", Callbacks::old, [](World& w) { w.prefer("TLS_AES_128_GCM_SHA256"); });
  run("old callback, another hash", Callbacks::old,
      [](World& w) { w.prefer("TLS_AES_256_GCM_SHA384"); });
  World world("retry, taken", Callbacks::session, Callbacks::none);
  retry(world);
  world.prefer("TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_psk_find_session_callback(
      world.server_ctx.get(),
      [](SSL* ssl, const unsigned char*, std::size_t, SSL_SESSION** session) {
        *session = make_session(ssl, server_side);
        return 1;
      });
  if (world.run(false)) line("retry, reused", SSL_session_reused(world.pair->client.get()));
}

// --- early data ---

int on_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
            unsigned, void*) {
  *out = offered + 1;
  *size = offered[0];
  return SSL_TLSEXT_ERR_OK;
}

void early(const std::string& title, const std::function<void(World&)>& change, int times = 1) {
  World world("early, " + title, Callbacks::session, Callbacks::session);
  client_side.suite = server_side.suite = kAes256;
  client_side.max_early_data = server_side.max_early_data = kLimit;
  world.prefer("TLS_AES_256_GCM_SHA384");
  SSL_CTX_set_max_early_data(world.server_ctx.get(), kLimit);
  change(world);
  for (int i = 0; i < times; ++i) {
    Pair& pair = world.open();
    if (!client_side.host.empty()) SSL_set_tlsext_host_name(pair.client.get(), "host");
    std::size_t size = 77;
    const int written = SSL_write_early_data(pair.client.get(), "early", 5, &size);
    line(world.title + " write",
         std::to_string(written) + "/" + std::to_string(SSL_get_error(pair.client.get(), written)));
    line(world.title + " written", size);
    // The alert of a client that has not begun is not compared (see early_data.cc).
    if (written != 1) return;
    char data[16] = {};
    line(world.title + " read", SSL_read_early_data(pair.server.get(), data, sizeof data, &size));
    line(world.title + " data", data);
    unsigned char near[16] = {}, far[16] = {};
    line(world.title + " client's exporter",
         SSL_export_keying_material_early(pair.client.get(), near, 16, "label", 5, near, 0));
    if (SSL_get_early_data_status(pair.server.get()) == SSL_EARLY_DATA_ACCEPTED) {
      line(world.title + " server's exporter",
           SSL_export_keying_material_early(pair.server.get(), far, 16, "label", 5, far, 0));
      line(world.title + " the same", std::equal(near, near + 16, far));
    }
    ERR_clear_error();
    SSL_do_handshake(pair.client.get());
    std::size_t rest = 0;
    line(world.title + " finish", SSL_read_early_data(pair.server.get(), data, sizeof data, &rest));
    ERR_clear_error();
    world.run();
  }
}

// Not compared: a client whose callback then allows none, for which OpenSSL's SSL_get_error finds
// no reason; and OpenSSL's server takes early data under another suite than the session's, and
// where the session forbids it (RFC 8446 §4.2.10).
void early_data() {
  early("taken", [](World&) {});
  early("taken twice", [](World&) {}, 2);
  early("without protection from replay",
        [](World& w) { SSL_CTX_set_options(w.server_ctx.get(), SSL_OP_NO_ANTI_REPLAY); });
  early("none by the server", [](World& w) { SSL_CTX_set_max_early_data(w.server_ctx.get(), 0); });
  early("less by the server's session", [](World&) { server_side.max_early_data = 4; });
  early("an old key", [](World&) { client_side.age = server_side.age = 60; });
  const auto speak = [](World& w) {
    SSL_CTX_set_alpn_protos(w.client_ctx.get(), reinterpret_cast<const unsigned char*>("\1a\1b"),
                            4);
    SSL_CTX_set_alpn_select_cb(w.server_ctx.get(), on_alpn, nullptr);
  };
  early("same protocol", [&](World& w) {
    speak(w);
    agree_on(&Answers::alpn, "a");
  });
  early("another protocol", [&](World& w) {
    speak(w);
    agree_on(&Answers::alpn, "b");
  });
  early("protocol of the connection alone", speak);
  early("protocol of the session alone", [](World&) { client_side.alpn.assign(1, 'a'); });
  early("protocol that is not offered", [&](World& w) {
    speak(w);
    client_side.alpn.assign(1, 'c');
  });
  early("same host", [](World&) { agree_on(&Answers::host, "host"); });
  early("another host", [](World&) { agree_on(&Answers::host, "other"); });
  early("retried", [](World& w) {
    SSL_CTX_set1_groups_list(w.server_ctx.get(), "P-384");
    SSL_CTX_set_psk_find_session_callback(w.server_ctx.get(), nullptr);
    client_side.identity.assign(40, 'i');  // too long for a session's id, which would be looked up
  });
}

// --- the callbacks of TLS 1.2 ---

void old_callbacks() {
  const auto old = [](const std::string& title, const std::function<void(World&)>& change,
                      Callbacks near = Callbacks::old, Callbacks far = Callbacks::old) {
    refused("old, " + title, change, true, near, far);
  };
  // The first suite in common has to be one of SHA-256.
  const auto sha256 = [](World& w) { w.prefer("TLS_CHACHA20_POLY1305_SHA256"); };
  old("agreed", sha256);
  old("default suites", [](World&) {});
  old("hint", [&](World& w) {
    sha256(w);
    SSL_CTX_use_psk_identity_hint(w.server_ctx.get(), "hint");
  });
  old("client alone", sha256, Callbacks::old, Callbacks::none);
  old("server alone", sha256, Callbacks::none, Callbacks::old);
  old("old client, new server", sha256, Callbacks::old, Callbacks::session);
  old("new client, old server", sha256, Callbacks::session, Callbacks::old);
  old("both", sha256, Callbacks::both, Callbacks::both);
  old(
      "both, new ones without a session",
      [&](World& w) {
        sha256(w);
        client_side.has_session = server_side.has_session = false;
      },
      Callbacks::both, Callbacks::both);
  does_not_begin("both, the new one fails", [] { client_side.result = 0; }, Callbacks::both);
  old("client has no key", [&](World& w) {
    sha256(w);
    client_side.key_size = 0;
  });
  does_not_begin(
      "client's key is too long", [] { client_side.key_size = PSK_MAX_PSK_LEN + 1; },
      Callbacks::old);
  old("server's key is too long", [&](World& w) {
    sha256(w);
    server_side.key_size = PSK_MAX_PSK_LEN + 1;
  });
  old("unknown", [&](World& w) {
    sha256(w);
    server_side.identity = "nobody";
  });
  wrong_binder("old, another key", [] { server_side.key = "other"; }, Callbacks::old);
  for (const std::size_t size : {1, 255, 256}) {
    old("identity of " + std::to_string(size), [&](World& w) {
      sha256(w);
      agree_on(&Answers::identity, std::string(size, 'i'));
    });
  }
  old(
      "identity too long for the server",
      [&](World& w) {
        sha256(w);
        agree_on(&Answers::identity, std::string(257, 'i'));
      },
      Callbacks::session, Callbacks::old);
  for (const std::size_t size : {1, 256}) {
    old("key of " + std::to_string(size), [&](World& w) {
      sha256(w);
      agree_on(&Answers::key, std::string(size, 'x'));
    });
  }
  World world("old, tickets", Callbacks::old, Callbacks::old);
  sha256(world);
  world.run();
  world.resume("with the key");
  world.use(Callbacks::none, Callbacks::old);
  world.resume("without it");
}

// A client of both versions is asked for a key in its ClientHello, and again in TLS 1.2.
void either_version() {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool session : {false, true}) {
      World world("version " + std::to_string(version) + (session ? " session" : " old"),
                  session ? Callbacks::session : Callbacks::old, Callbacks::both);
      SSL_CTX_set_min_proto_version(world.client_ctx.get(), TLS1_2_VERSION);
      SSL_CTX_set_min_proto_version(world.server_ctx.get(), TLS1_2_VERSION);
      SSL_CTX_set_max_proto_version(world.server_ctx.get(), version);
      world.prefer("TLS_AES_128_GCM_SHA256");
      SSL_CTX_set_cipher_list(world.client_ctx.get(), session ? "ALL" : "PSK-AES128-GCM-SHA256");
      SSL_CTX_set_cipher_list(world.server_ctx.get(), "PSK-AES128-GCM-SHA256:ALL");
      SSL_CTX_use_psk_identity_hint(world.server_ctx.get(), "hint");
      world.run();
    }
  }
  World world("TLS 1.2 alone", Callbacks::session, Callbacks::session);
  SSL_CTX_set_min_proto_version(world.client_ctx.get(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(world.client_ctx.get(), TLS1_2_VERSION);
  SSL_CTX_set_min_proto_version(world.server_ctx.get(), TLS1_2_VERSION);
  world.run();
}

// A connection has the callbacks of its context, until it is given its own.
void of_a_connection() {
  World world("connection", Callbacks::session, Callbacks::none);
  world.prefer("TLS_AES_128_GCM_SHA256");
  Pair& pair = world.open();
  SSL_set_psk_find_session_callback(pair.server.get(), on_find);
  world.run();
  Pair& other = world.open();
  SSL_set_psk_use_session_callback(other.client.get(), nullptr);
  SSL_set_psk_find_session_callback(other.server.get(), on_find);
  world.run();
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  agreed();
  beside_a_ticket();
  refusals();
  verification();
  retried();
  early_data();
  old_callbacks();
  either_version();
  of_a_connection();
  newest.reset();
  return 0;
}
