// Sessions as objects, and the caches of contexts.
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <ctime>

#include "operation.h"

namespace ciao::differential {
namespace {

void replace(SSL_SESSION*& slot, SSL_SESSION* with) {
  SSL_SESSION_free(slot);
  slot = with;
}

void obtain(World& world, Arguments& draw) {
  SSL_SESSION*& slot = world.any_session(draw);
  SSL_SESSION*& other = world.any_session(draw);
  SSL* ssl = world.connection(draw);
  switch (draw.below(4)) {
    case 0:
      replace(slot, SSL_SESSION_new());
      world.note("a new session");
      break;
    case 1:
      // A server's comes and goes while nothing is settled.
      if (ssl == nullptr || (SSL_is_server(ssl) == 1 && SSL_is_init_finished(ssl) == 0)) break;
      // Of a connection that has failed, 3.0 has one or has none.
      if (SSL_in_before(ssl) == 1 || World::has_failed(ssl)) break;
      replace(slot, SSL_get1_session(ssl));
      if (slot != nullptr && SSL_is_init_finished(ssl) == 0) mark_unfinished(slot);
      world.note(slot == nullptr ? "no session of the connection" : "the connection's session");
      break;
    case 2:
      if (other == nullptr || &slot == &other) break;
      replace(slot, SSL_SESSION_dup(other));
      world.note(slot == nullptr ? "no copy" : "a copy");
      break;
    default: {
      if (other == nullptr || &slot == &other || is_unfinished(other)) break;
      unsigned char* der = nullptr;
      const int size = i2d_SSL_SESSION(other, &der);
      world.note(size > 0 ? "encoded" : "not encoded" + take_errors());
      if (size <= 0) break;
      const unsigned char* at = der;
      const long cut =
          draw.chance(90) ? size : static_cast<long>(draw.below(static_cast<size_t>(size)));
      replace(slot, d2i_SSL_SESSION(nullptr, &at, cut));
      // Where in the bytes a decoder gives up is its own affair.
      ERR_clear_error();
      world.note(slot == nullptr ? "not decoded" : "decoded");
      OPENSSL_free(der);
      break;
    }
  }
}

void change(World& world, Arguments& draw) {
  SSL_SESSION* session = world.any_session(draw);
  if (session == nullptr) return;
  const std::string bytes(draw.below(50), 'i');
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<unsigned>(bytes.size());
  const auto text = named(at, "bytes");
  const size_t which = draw.below(11);
  // What a session is stays as it is while a connection has it.
  const bool essential = which < 4 || which == 10;
  for (const End& side : world.end) {
    if (!essential || side.ssl == nullptr) continue;
    if (SSL_in_before(side.ssl) == 0 || SSL_get_session(side.ssl) == session) return;
  }
  switch (which) {
    case 0: CALL(world, SSL_SESSION_set1_id, session, text, size); break;
    case 1: CALL(world, SSL_SESSION_set1_id_context, session, text, size); break;
    case 2: CALL(world, SSL_SESSION_set1_master_key, session, text, bytes.size()); break;
    case 3:
      CALL(world, SSL_SESSION_set_protocol_version, session,
           draw.chance(50) ? TLS1_2_VERSION : TLS1_3_VERSION);
      break;
    case 4:
      CALL(world, SSL_SESSION_set_timeout, session, static_cast<long>(draw.below(400)) + 50);
      break;
    case 5: {
      const long offset = static_cast<long>(draw.below(2000)) - 1000;
      SSL_SESSION_set_time(session, static_cast<long>(time(nullptr)) + offset);
      world.note("made at now + " + std::to_string(offset));
      break;
    }
    case 6:
      CALL(world, SSL_SESSION_set1_hostname, session, draw.chance(70) ? "example.com" : nullptr);
      break;
    case 7: CALL(world, SSL_SESSION_set1_alpn_selected, session, text, bytes.size() % 9); break;
    case 8:
      CALL(world, SSL_SESSION_set_max_early_data, session,
           static_cast<uint32_t>(draw.below(20000)));
      break;
    case 9:
      CALL(world, SSL_SESSION_set1_ticket_appdata, session,
           named(static_cast<const void*>(at), "bytes"), bytes.size());
      break;
    default: {
      const SSL_CIPHER* suite = sk_SSL_CIPHER_value(SSL_CTX_get_ciphers(world.context[kClient]),
                                                    static_cast<int>(draw.below(4)));
      CALL(world, SSL_SESSION_set_cipher, session, suite);
      break;
    }
  }
}

void look(World& world, Arguments& draw) {
  SSL_SESSION* session = world.any_session(draw);
  if (session == nullptr || is_unfinished(session)) return;
  unsigned size = 0;
  SSL_SESSION_get_id(session, &size);
  world.note("id " + std::to_string(size));
  SSL_SESSION_get0_id_context(session, &size);
  world.note("context " + std::to_string(size));
  world.note("master key " + std::to_string(SSL_SESSION_get_master_key(session, nullptr, 0)));
  CALL(world, SSL_SESSION_get_protocol_version, session);
  CALL(world, SSL_SESSION_get_timeout, session);
  world.note("age " + std::to_string((time(nullptr) - SSL_SESSION_get_time(session) + 2) / 10));
  CALL(world, SSL_SESSION_get0_hostname, session);
  CALL(world, SSL_SESSION_get0_cipher, session);
  CALL(world, SSL_SESSION_is_resumable, session);
  CALL(world, SSL_SESSION_has_ticket, session);
  CALL(world, SSL_SESSION_get_ticket_lifetime_hint, session);
  CALL(world, SSL_SESSION_get_max_early_data, session);
  CALL(world, SSL_SESSION_get_max_fragment_length, session);
  CALL(world, SSL_SESSION_get_compress_id, session);
  CALL(world, SSL_SESSION_get0_peer, session);
  const unsigned char* bytes = nullptr;
  size_t count = 0;
  SSL_SESSION_get0_alpn_selected(session, &bytes, &count);
  world.note("alpn 0x" + hexadecimal(bytes, count));
  void* data = nullptr;
  SSL_SESSION_get0_ticket_appdata(session, &data, &count);
  world.note("application's data " + std::to_string(count));
}

void use(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  SSL_SESSION* session = draw.chance(90) ? world.any_session(draw) : nullptr;
  // Later it is refused, or has no effect on what is established (docs/DIFFERENCES.md).
  if (ssl == nullptr || !SSL_in_before(ssl)) return;
  // So is what becomes of a method that is not the context's.
  if (SSL_get_ssl_method(ssl) != SSL_CTX_get_ssl_method(SSL_get_SSL_CTX(ssl))) return;
  CALL(world, SSL_set_session, ssl, session);
}

void cache(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL_SESSION* session = world.any_session(draw);
  switch (draw.below(4)) {
    case 0:
      if (session != nullptr) CALL(world, SSL_CTX_add_session, ctx, session);
      break;
    case 1: CALL(world, SSL_CTX_remove_session, ctx, session); break;
    case 2: CALL(world, SSL_CTX_flush_sessions, ctx, draw.chance(50) ? 0L : 100L); break;
    default: break;
  }
  CALL1(world, SSL_CTX_sess_number, ctx);
}

void text(World& world, Arguments& draw) {
  SSL_SESSION* session = world.any_session(draw);
  if (session == nullptr || is_unfinished(session)) return;
  BIO* out = BIO_new(BIO_s_mem());
  const auto memory = named(out, "memory");
  CALL(world, PEM_write_bio_SSL_SESSION, memory, session);
  SSL_SESSION* again = PEM_read_bio_SSL_SESSION(out, nullptr, nullptr, nullptr);
  world.note(again != nullptr ? "read again" : "not read" + take_errors());
  SSL_SESSION_free(again);
  BIO_free(out);
}

constexpr Operation kOperations[] = {
    {"obtain_session", When::kAny, 6, obtain}, {"change_session", When::kAny, 6, change},
    {"look_at_session", When::kAny, 5, look},  {"use_session", When::kAny, 5, use},
    {"cache", When::kAny, 4, cache},           {"session_as_text", When::kAny, 1, text},
};

}  // namespace

std::span<const Operation> session_operations() { return kOperations; }

}  // namespace ciao::differential
