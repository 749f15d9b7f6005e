#include "handshake/stateless_retry.h"

#include "base/clock.h"
#include "extensions/registry.h"
#include "messages/server_hello.h"
#include "session/session_store.h"

namespace ciao::tls {
namespace {

//  struct {
//      uint8 format = 1;                   /* no ticket's state begins so */
//      CipherSuite cipher_suite;
//      NamedGroup selected_group;
//      uint8 share_requested;              /* 0: the client's share was for that group */
//      uint32 issued[2];                   /* milliseconds, high half first */
//      opaque client_hello_hash<32..48>;
//      opaque application<1..2^16-1>;
//  } RetryCookie;
struct RetryCookie {
  static constexpr std::uint8_t kFormat = 1;

  std::uint16_t cipher_suite = 0;
  NamedGroup selected_group = NamedGroup::none;
  bool share_requested = false;
  std::int64_t issued = 0;
  ByteView client_hello_hash;
  ByteView application;

  void write(Writer& writer) const;
  static Result<RetryCookie> parse(ByteView state);
  bool fresh() const;
};

// How long a client may take to come back; OpenSSL's figure.
constexpr std::int64_t kCookieLifetimeMs = 600'000;

constexpr Error kForeign{Reason::cookie_mismatch, AlertDescription::illegal_parameter};

void RetryCookie::write(Writer& writer) const {
  writer.u8(kFormat);
  writer.u16(cipher_suite);
  writer.put(selected_group);
  writer.u8(share_requested ? 1 : 0);
  writer.u32(static_cast<std::uint32_t>(issued >> 32));
  writer.u32(static_cast<std::uint32_t>(issued));
  writer.vector8(client_hello_hash);
  writer.vector16(application);
}

Result<RetryCookie> RetryCookie::parse(ByteView state) {
  Reader reader(state, Reason::cookie_mismatch);
  if (TRY(reader.u8()) != kFormat) return kForeign;
  RetryCookie cookie;
  cookie.cipher_suite = TRY(reader.u16());
  cookie.selected_group = static_cast<NamedGroup>(TRY(reader.u16()));
  cookie.share_requested = TRY(reader.u8()) != 0;
  const std::int64_t high = TRY(reader.u32());
  cookie.issued = high << 32 | TRY(reader.u32());
  cookie.client_hello_hash = TRY(reader.vector8());
  cookie.application = TRY(reader.vector16());
  TRY(reader.finish());
  return cookie;
}

bool RetryCookie::fresh() const {
  const std::int64_t age = wall_clock_ms() - issued;
  return age >= 0 && age <= kCookieLifetimeMs;
}

// What the retry settled has to come out again.
Result<void> check_agreement(const HandshakeContext& context, const RetryCookie& cookie) {
  const Exchange& exchange = context.exchange;
  // RFC 8446 §4.2.8: the share that was asked for, and no other.
  const bool one_too_many = cookie.share_requested && exchange.offered.key_shares.size() != 1;
  if (cookie.cipher_suite != context.negotiated.suite->id ||
      cookie.selected_group != exchange.selected_group || one_too_many) {
    return Error{Reason::bad_cipher, AlertDescription::illegal_parameter};
  }
  return {};
}

}  // namespace

Result<void> make_retry_cookie(HandshakeContext& context, bool share_fits) {
  const Digest hash = TRY(context.transcript.hash_with(
      context.algorithms, context.negotiated.suite->hash, context.exchange.client_hello));
  const Bytes application = TRY(context.hooks.application->make_cookie());
  RetryCookie cookie;
  cookie.cipher_suite = context.negotiated.suite->id;
  cookie.selected_group = context.exchange.selected_group;
  cookie.share_requested = !share_fits;
  cookie.issued = wall_clock_ms();
  cookie.client_hello_hash = hash.view();
  cookie.application = application;
  Bytes state;
  Writer writer(state);
  cookie.write(writer);
  context.exchange.cookie = TRY(context.hooks.sessions->seal_cookie(state));
  return {};
}

Result<bool> take_up_retry_cookie(HandshakeContext& context, bool share_fits,
                                  ByteView legacy_session_id) {
  Exchange& exchange = context.exchange;
  if (exchange.offered.cookie.empty() || !context.hooks.application->checks_cookies()) return false;
  const std::optional<Bytes> state =
      TRY(context.hooks.sessions->open_cookie(exchange.offered.cookie));
  if (!state) return kForeign;
  // Sealed here, but as something else.
  const Result<RetryCookie> parsed = RetryCookie::parse(*state);
  if (!parsed) return kForeign;
  const RetryCookie& cookie = *parsed;
  if (!share_fits) return Error{Reason::bad_cipher, AlertDescription::illegal_parameter};
  TRY(check_agreement(context, cookie));
  if (!cookie.fresh()) return false;
  if (!context.hooks.application->check_cookie(cookie.application)) return kForeign;
  exchange.cookie = to_bytes(exchange.offered.cookie);
  TRY(context.transcript.start_with_message_hash(context.algorithms, context.negotiated.suite->hash,
                                                 cookie.client_hello_hash));
  // As the retry was written.
  if (!cookie.share_requested) exchange.selected_group = NamedGroup::none;
  context.transcript.add(TRY(write_retry(context, legacy_session_id)));
  exchange.selected_group = cookie.selected_group;
  exchange.retry = true;
  context.negotiated.hello_retry = true;
  context.negotiated.cookie_verified = true;
  return true;
}

Result<Bytes> write_retry(HandshakeContext& context, ByteView legacy_session_id) {
  Bytes out;
  MessageBuilder message(out, HandshakeType::server_hello);
  message.body().put(ProtocolVersion::tls1_2);
  message.body().bytes(kHelloRetryRequestRandom);
  message.body().vector8(legacy_session_id);
  message.body().u16(context.negotiated.suite->id);
  message.body().u8(0);
  TRY(write_extensions(context.exchange, In::hello_retry_request, message.body()));
  TRY(message.finish());
  return out;
}

}  // namespace ciao::tls
