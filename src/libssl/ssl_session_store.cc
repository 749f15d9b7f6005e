#include "libssl/ssl_session_store.h"

#include <ctime>

#include "libssl/context_sessions.h"
#include "libssl/ssl_session_st.h"
#include "libssl/ssl_st.h"
#include "libssl/ticket_callbacks.h"
#include "session/session_der.h"
#include "session/ticket.h"

namespace ciao::tls {
namespace {

// NewSessionTicket's field has 2^16-1 bytes for it; OpenSSL leaves room for name, IV and MAC.
constexpr std::size_t kMaxTicketState = 0xff00;

bool single_use(const SSL& ssl) {
  const Config& config = config_of(&ssl);
  return config.max_early_data != 0 && !config.has(option::kNoAntiReplay);
}

struct Opened {
  SSL_TICKET_STATUS status = SSL_TICKET_NO_DECRYPT;
  Ref<Session> session;
};

// SSL_CTX_set_session_ticket_cb(3): the application's decision about what was opened, or not.
Result<void> ask_application(SSL& ssl, ByteView ticket, Opened& opened) {
  const TicketCallbacks& callbacks = ssl.session_ctx->ticket_callbacks;
  if (callbacks.decrypt == nullptr) return {};
  const std::size_t name_size = std::min(ticket.size(), kTicketKeyNameSize);
  const SSL_TICKET_RETURN answer = callbacks.decrypt(&ssl, handle_of(opened.session), ticket.data(),
                                                     name_size, opened.status, callbacks.arg);
  const Error refusal{Reason::internal_error, AlertDescription::internal_error};
  const bool usable = static_cast<bool>(opened.session);
  switch (answer) {
    case SSL_TICKET_RETURN_IGNORE: opened = {SSL_TICKET_NONE, nullptr}; return {};
    case SSL_TICKET_RETURN_IGNORE_RENEW: opened = {SSL_TICKET_NO_DECRYPT, nullptr}; return {};
    case SSL_TICKET_RETURN_USE:
    case SSL_TICKET_RETURN_USE_RENEW:
      if (!usable) return refusal;
      opened.status =
          answer == SSL_TICKET_RETURN_USE ? SSL_TICKET_SUCCESS : SSL_TICKET_SUCCESS_RENEW;
      return {};
    default: return refusal;
  }
}

}  // namespace

bool SslSessionStore::stateful(const SSL& ssl) {
  return config_of(&ssl).has(option::kNoTicket) || single_use(ssl);
}

Ref<Session> SslSessionStore::make_session() {
  Ref<SSL_SESSION> session = make_session_handle();
  session->max_fragment_length = TLSEXT_max_fragment_length_DISABLED;
  const long timeout = ssl_.session_ctx->session_timeout;
  session->timeout = timeout != 0 ? timeout : kDefaultSessionTimeout;
  return session;
}

Result<Bytes> SslSessionStore::issue_ticket(Session& session) {
  // Callbacks look at the session through SSL_get_session.
  ssl_.connection.set_session(Ref<Session>::share(&session));
  // RFC 5077 §3.4: a TLS 1.2 ticket takes the place of an id.
  const bool tls12 = session.version == ProtocolVersion::tls1_2;
  if (!tls12) TRY(generate_session_id(ssl_, session));
  const TicketCallbacks& callbacks = ssl_.session_ctx->ticket_callbacks;
  if (callbacks.generate != nullptr && callbacks.generate(&ssl_, callbacks.arg) == 0) {
    return Error{Reason::internal_error, AlertDescription::internal_error};
  }
  if (!tls12 && stateful(ssl_)) return to_bytes(session.id.view());
  return seal(session);
}

Result<Bytes> SslSessionStore::seal(const Session& session) {
  Bytes state = TRY(encode_session(session));
  Result<Bytes> ticket = internal_error();
  const Ref<const TicketKeys> keys = ssl_.session_ctx->ticket_keys.snapshot();
  if (state.size() > kMaxTicketState) {
    // Certificates of that size are refused long before; an application's data may be as long.
  } else if (has_ticket_key_callback(*ssl_.session_ctx)) {
    Result<std::optional<Bytes>> sealed = seal_ticket_by_callback(ssl_, state);
    ticket = sealed ? Result<Bytes>(std::move(*sealed).value_or(Bytes())) : sealed.error();
  } else if (keys) {
    ticket = seal_ticket(*ssl_.session_ctx->algorithms, keys->keys.front(), state);
  }
  wipe(MutableBytes(state));
  return ticket;
}

// Under the ticket keys, so that servers which share those take each other's cookies. What is
// sealed begins as no session does.
Result<Bytes> SslSessionStore::seal_cookie(ByteView state) {
  const Ref<const TicketKeys> keys = ssl_.session_ctx->ticket_keys.snapshot();
  if (!keys) return internal_error();
  return seal_ticket(*ssl_.session_ctx->algorithms, keys->keys.front(), state);
}

Result<std::optional<Bytes>> SslSessionStore::open_cookie(ByteView cookie) {
  const Ref<const TicketKeys> keys = ssl_.session_ctx->ticket_keys.snapshot();
  if (!keys) return std::optional<Bytes>();
  std::optional<OpenedTicket> opened =
      TRY(open_ticket(*ssl_.session_ctx->algorithms, *keys, cookie));
  if (!opened) return std::optional<Bytes>();
  return std::optional<Bytes>(std::move(opened->state));
}

Result<TicketLookup> SslSessionStore::find_ticket(ByteView identity) {
  SSL_CTX& ctx = *ssl_.session_ctx;
  TicketLookup found;
  const bool tls12 = ssl_.connection.negotiated().version == ProtocolVersion::tls1_2;
  if (!tls12 && stateful(ssl_)) {
    found.session = look_up_session(ssl_, identity);
  } else {
    found = TRY(open(identity));
  }
  if (found.session && found.session->expired(time(nullptr))) {
    ctx.statistics.timeouts.fetch_add(1, std::memory_order_relaxed);
    return TicketLookup();
  }
  if (found.session && !tls12 && single_use(ssl_)) {
    // Whoever takes it out of the cache has it for himself (RFC 8446 §8.1).
    const Ref<Session> own = make_session();
    own->copy_from(*found.session);
    found.session = remove_session(ctx, *found.session) ? own : Ref<Session>();
  }
  return found;
}

Result<TicketLookup> SslSessionStore::open(ByteView ticket) {
  Opened opened;
  if (ticket.empty()) opened.status = SSL_TICKET_EMPTY;
  const Ref<const TicketKeys> keys = ssl_.session_ctx->ticket_keys.snapshot();
  const bool tls13 = ssl_.connection.negotiated().version == ProtocolVersion::tls1_3;
  std::optional<Ref<Session>> session;
  bool renew = true;
  if (has_ticket_key_callback(*ssl_.session_ctx)) {
    std::optional<CallbackTicket> state = TRY(open_ticket_by_callback(ssl_, ticket));
    if (state) {
      renew = state->renew;
      session = read_state(state->state);
      wipe(MutableBytes(state->state));
    }
  } else if (keys) {
    std::optional<OpenedTicket> state =
        TRY(open_ticket(*ssl_.session_ctx->algorithms, *keys, ticket));
    if (state) {
      // RFC 8446 §C.4: a TLS 1.3 ticket is for one use.
      renew = tls13 || !state->newest_key;
      session = read_state(state->state);
      wipe(MutableBytes(state->state));
    }
  }
  if (session) opened = {renew ? SSL_TICKET_SUCCESS_RENEW : SSL_TICKET_SUCCESS, *session};
  TRY(ask_application(ssl_, ticket, opened));
  const bool issue_new = opened.status == SSL_TICKET_SUCCESS_RENEW ||
                         opened.status == SSL_TICKET_NO_DECRYPT ||
                         opened.status == SSL_TICKET_EMPTY;
  return TicketLookup{opened.session, issue_new};
}

// Nothing for what is not a session: sealed by somebody who has the key, but not by us.
std::optional<Ref<Session>> SslSessionStore::read_state(ByteView state) {
  Ref<Session> session = make_session_handle();
  const Result<std::size_t> size =
      decode_session(*session, state, ssl_.session_ctx->algorithms.get());
  if (!size || *size != state.size()) return std::nullopt;
  // A ticket that replaced another holds the id that its client had for that one.
  if (session->version == ProtocolVersion::tls1_2) session->id = {};
  return session;
}

Result<void> SslSessionStore::assign_id(Session& session) {
  // As in OpenSSL: a server that keeps no sessions names none.
  if ((ssl_.session_ctx->session_cache_mode & SSL_SESS_CACHE_SERVER) == 0) return {};
  ssl_.connection.set_session(Ref<Session>::share(&session));
  return generate_session_id(ssl_, session);
}

Ref<Session> SslSessionStore::find_id(ByteView id) {
  Ref<Session> session = look_up_session(ssl_, id);
  if (session && session->expired(time(nullptr))) {
    ssl_.session_ctx->statistics.timeouts.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  return session;
}

void SslSessionStore::add(const Ref<Session>& session) { publish_session(ssl_, session); }

void SslSessionStore::remove(const Ref<Session>& session) {
  // TLS 1.2: a ticket's session has the id that its client liked (RFC 5077 §3.4), and another's may
  // have it, too.
  const Ref<Session> cached =
      ssl_.session_ctx->session_cache.find(session->version, session->id.view());
  if (is_server(&ssl_) && cached && session->version == ProtocolVersion::tls1_2 &&
      !constant_time_equal(cached->secret.view(), session->secret.view())) {
    session->not_resumable = true;
    return;
  }
  remove_session(*ssl_.session_ctx, *session);
}

void SslSessionStore::completed(Session& session) {
  if (!is_server(&ssl_) || ssl_.settings->not_resumable == nullptr) return;
  const SSL_CIPHER* cipher = find_cipher(session.suite);
  const bool forward_secure =
      cipher != nullptr && (cipher->key_exchange & (kx::kDhe | kx::kEcdhe)) != 0;
  // OpenSSL answers 0 for every TLS 1.3 suite, whose name says nothing about the key exchange.
  session.not_resumable = ssl_.settings->not_resumable(&ssl_, forward_secure ? 1 : 0) != 0;
}

void SslSessionStore::resumed(const Ref<Session>& session) {
  SSL_CTX& ctx = *ssl_.session_ctx;
  ctx.statistics.hits.fetch_add(1, std::memory_order_relaxed);
  const bool tls13 = ssl_.connection.negotiated().version == ProtocolVersion::tls1_3;
  // RFC 8446 §C.4: "Clients SHOULD NOT reuse a ticket for multiple connections."
  if (!is_server(&ssl_) && tls13 && session &&
      (ctx.session_cache_mode & SSL_SESS_CACHE_CLIENT) != 0) {
    remove_session(ctx, *session);
  }
}

void SslSessionStore::refused(const Ref<Session>&) {
  ssl_.session_ctx->statistics.misses.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace ciao::tls
