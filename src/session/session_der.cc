#include "session/session_der.h"

#include <ctime>

#include <algorithm>
#include <limits>

#include "wire/der.h"

namespace ciao::tls {
namespace {

//  SSLSession ::= SEQUENCE {
//    version INTEGER (1), protocol INTEGER, cipher OCTET STRING (SIZE (2)),
//    sessionId OCTET STRING, secret OCTET STRING,
//    keyArg [0] IMPLICIT OCTET STRING OPTIONAL,  -- SSL 2
//    time [1] INTEGER OPTIONAL, timeout [2] INTEGER OPTIONAL,
//    peer [3] Certificate OPTIONAL, idContext [4] OCTET STRING OPTIONAL,
//    verifyResult [5] INTEGER OPTIONAL, hostName [6] OCTET STRING OPTIONAL,
//    pskIdentityHint [7] OCTET STRING OPTIONAL, pskIdentity [8] OCTET STRING OPTIONAL,
//    ticketLifetimeHint [9] INTEGER OPTIONAL, ticket [10] OCTET STRING OPTIONAL,
//    compression [11] OCTET STRING OPTIONAL, srpUser [12] OCTET STRING OPTIONAL,
//    flags [13] INTEGER OPTIONAL, ticketAgeAdd [14] INTEGER OPTIONAL,
//    maxEarlyData [15] INTEGER OPTIONAL, alpn [16] OCTET STRING OPTIONAL,
//    maxFragmentLength [17] INTEGER OPTIONAL, ticketAppdata [18] OCTET STRING OPTIONAL,
//    group [19] INTEGER OPTIONAL }  -- the tags are explicit, and 0 and "" are left out
constexpr std::int64_t kStructureVersion = 1;
constexpr std::uint64_t kExtendedMasterSecretFlag = 1;
// Our own; OpenSSL keeps the bits that it does not know to itself.
constexpr std::uint64_t kExternalPskFlag = 1U << 30;
// What OpenSSL takes for a timeout that is not there.
constexpr std::int64_t kMissingTimeout = 3;

enum Tag : unsigned {
  kKeyArg = 0,
  kTime,
  kTimeout,
  kPeer,
  kIdContext,
  kVerifyResult,
  kHostName,
  kPskIdentityHint,
  kPskIdentity,
  kTicketLifetimeHint,
  kTicket,
  kCompression,
  kSrpUser,
  kFlags,
  kTicketAgeAdd,
  kMaxEarlyData,
  kAlpn,
  kMaxFragmentLength,
  kTicketAppdata,
  kGroup,
};

// --- writing ---

void put_signed(DerWriter& out, Tag tag, std::int64_t value) {
  Bytes inner;
  DerWriter(inner).integer(value);
  out.element(der::explicit_tag(tag), inner);
}

void put_signed_unless_zero(DerWriter& out, Tag tag, std::int64_t value) {
  if (value != 0) put_signed(out, tag, value);
}

void put_unsigned_unless_zero(DerWriter& out, Tag tag, std::uint64_t value) {
  if (value == 0) return;
  Bytes inner;
  DerWriter(inner).unsigned_integer(value);
  out.element(der::explicit_tag(tag), inner);
}

void put_octets(DerWriter& out, Tag tag, ByteView value) {
  Bytes inner;
  DerWriter(inner).octet_string(value);
  out.element(der::explicit_tag(tag), inner);
}

void put_octets_unless_empty(DerWriter& out, Tag tag, ByteView value) {
  if (!value.empty()) put_octets(out, tag, value);
}

// --- reading ---

Result<ByteView> octets(DerReader& in, Tag tag) {
  const std::optional<ByteView> field = TRY(in.optional_element(der::explicit_tag(tag)));
  if (!field) return ByteView();
  DerReader inner(*field);
  const ByteView value = TRY(inner.octet_string());
  TRY(inner.finish());
  return value;
}

Result<std::int64_t> signed_field(DerReader& in, Tag tag, std::int64_t missing) {
  const std::optional<ByteView> field = TRY(in.optional_element(der::explicit_tag(tag)));
  if (!field) return missing;
  DerReader inner(*field);
  const std::int64_t value = TRY(inner.integer());
  TRY(inner.finish());
  return value;
}

template <class Integer>
Result<Integer> unsigned_field(DerReader& in, Tag tag) {
  const std::optional<ByteView> field = TRY(in.optional_element(der::explicit_tag(tag)));
  if (!field) return Integer{0};
  DerReader inner(*field);
  const std::uint64_t value = TRY(inner.unsigned_integer());
  TRY(inner.finish());
  if (value > std::numeric_limits<Integer>::max()) return der::malformed();
  return static_cast<Integer>(value);
}

// A host name or PSK identity is text: a zero inside would make two readings of it.
Result<std::string> text(DerReader& in, Tag tag) {
  const std::string_view value = as_text(TRY(octets(in, tag)));
  if (value.find('\0') != std::string_view::npos) return der::malformed();
  return std::string(value);
}

Result<void> decode_head(Session& session, DerReader& in) {
  if (TRY(in.integer()) != kStructureVersion) return silent_error(Reason::unknown_ssl_version);
  const std::int64_t protocol = TRY(in.integer());
  constexpr std::int64_t kDtls1 = 0xfeff;
  constexpr std::int64_t kDtls1Draft = 0x0100;
  if (protocol >> 8 != 3 && protocol >> 8 != kDtls1 >> 8 && protocol != kDtls1Draft) {
    return silent_error(Reason::unsupported_ssl_version);
  }
  session.version = static_cast<ProtocolVersion>(protocol);
  const ByteView cipher = TRY(in.octet_string());
  if (cipher.size() != 2) return silent_error(Reason::cipher_code_wrong_length);
  session.suite = static_cast<std::uint16_t>(cipher[0] << 8 | cipher[1]);
  if (!session.id.assign(TRY(in.octet_string()))) return der::malformed();
  const ByteView secret = TRY(in.octet_string());
  if (secret.size() > kMaxSessionSecretSize) return der::malformed();
  session.secret = SecretBytes(secret);
  return {};
}

Result<void> decode_peer(Session& session, DerReader& in, const Algorithms* algorithms) {
  const std::optional<ByteView> certificate = TRY(in.optional_element(der::explicit_tag(kPeer)));
  if (!certificate) return {};
  Result<Ref<PeerCertificates>> peer = PeerCertificates::from_leaf(algorithms, *certificate);
  if (!peer) return der::malformed();
  session.peer = std::move(*peer);
  return {};
}

Result<void> decode_fields(Session& session, DerReader& in, const Algorithms* algorithms) {
  (void)TRY(in.optional_element(der::implicit_tag(kKeyArg)));
  session.time = TRY(signed_field(in, kTime, 0));
  if (session.time == 0) session.time = ::time(nullptr);
  session.timeout = TRY(signed_field(in, kTimeout, 0));
  if (session.timeout == 0) session.timeout = kMissingTimeout;
  TRY(decode_peer(session, in, algorithms));
  if (!session.id_context.assign(TRY(octets(in, kIdContext)))) return der::malformed();
  const std::int64_t verify_result = TRY(signed_field(in, kVerifyResult, 0));
  if (verify_result != static_cast<std::int32_t>(verify_result)) return der::malformed();
  session.verify_result = static_cast<long>(verify_result);
  session.host_name = TRY(text(in, kHostName));
  session.psk_identity_hint = TRY(text(in, kPskIdentityHint));
  session.psk_identity = TRY(text(in, kPskIdentity));
  // OpenSSL keeps the hint in 64 bits, although the wire has 32 for it.
  const auto lifetime = TRY(unsigned_field<std::uint64_t>(in, kTicketLifetimeHint));
  session.ticket_lifetime_hint = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(lifetime, std::numeric_limits<std::uint32_t>::max()));
  session.ticket = to_bytes(TRY(octets(in, kTicket)));
  (void)TRY(octets(in, kCompression));
  (void)TRY(octets(in, kSrpUser));
  const auto flags = TRY(unsigned_field<std::uint64_t>(in, kFlags));
  session.extended_master_secret = (flags & kExtendedMasterSecretFlag) != 0;
  session.from_external_psk = (flags & kExternalPskFlag) != 0;
  session.ticket_age_add = TRY(unsigned_field<std::uint32_t>(in, kTicketAgeAdd));
  session.max_early_data = TRY(unsigned_field<std::uint32_t>(in, kMaxEarlyData));
  session.alpn = to_bytes(TRY(octets(in, kAlpn)));
  session.max_fragment_length =
      static_cast<std::uint8_t>(TRY(unsigned_field<std::uint32_t>(in, kMaxFragmentLength)));
  session.ticket_appdata = to_bytes(TRY(octets(in, kTicketAppdata)));
  session.group = static_cast<NamedGroup>(TRY(unsigned_field<std::uint16_t>(in, kGroup)));
  return in.finish();
}

}  // namespace

Result<Bytes> encode_session(const Session& session) {
  Bytes peer;
  if (session.peer && !session.peer->empty()) peer = TRY(session.peer->leaf_der());
  Bytes body;
  // In one allocation: growing would leave a copy of the secret behind in freed memory.
  constexpr std::size_t kNumbersAndHeaders = 512;
  body.reserve(kNumbersAndHeaders + session.secret.view().size() + peer.size() +
               session.host_name.size() + session.psk_identity_hint.size() +
               session.psk_identity.size() + session.ticket.size() + session.alpn.size() +
               session.ticket_appdata.size());
  DerWriter out(body);
  out.integer(kStructureVersion);
  out.integer(code(session.version));
  const std::uint8_t cipher[] = {static_cast<std::uint8_t>(session.suite >> 8),
                                 static_cast<std::uint8_t>(session.suite)};
  out.octet_string(cipher);
  out.octet_string(session.id.view());
  out.octet_string(session.secret.view());
  put_signed_unless_zero(out, kTime, session.time);
  put_signed_unless_zero(out, kTimeout, session.timeout);
  if (!peer.empty()) out.element(der::explicit_tag(kPeer), peer);
  put_octets(out, kIdContext, session.id_context.view());
  put_signed_unless_zero(out, kVerifyResult, session.verify_result);
  put_octets_unless_empty(out, kHostName, as_bytes(session.host_name));
  put_octets_unless_empty(out, kPskIdentityHint, as_bytes(session.psk_identity_hint));
  put_octets_unless_empty(out, kPskIdentity, as_bytes(session.psk_identity));
  put_unsigned_unless_zero(out, kTicketLifetimeHint, session.ticket_lifetime_hint);
  put_octets_unless_empty(out, kTicket, session.ticket);
  put_unsigned_unless_zero(out, kFlags,
                           (session.extended_master_secret ? kExtendedMasterSecretFlag : 0) |
                               (session.from_external_psk ? kExternalPskFlag : 0));
  put_unsigned_unless_zero(out, kTicketAgeAdd, session.ticket_age_add);
  put_unsigned_unless_zero(out, kMaxEarlyData, session.max_early_data);
  put_octets_unless_empty(out, kAlpn, session.alpn);
  put_unsigned_unless_zero(out, kMaxFragmentLength, session.max_fragment_length);
  put_octets_unless_empty(out, kTicketAppdata, session.ticket_appdata);
  put_signed(out, kGroup, code(session.group));  // the one that OpenSSL writes even if it is 0

  Bytes whole;
  DerWriter(whole).element(der::kSequence, body);
  wipe(MutableBytes(body));
  return whole;
}

Result<std::size_t> decode_session(Session& session, ByteView bytes, const Algorithms* algorithms) {
  DerReader outer(bytes);
  DerReader in(TRY(outer.element(der::kSequence)));
  TRY(decode_head(session, in));
  TRY(decode_fields(session, in, algorithms));
  return bytes.size() - outer.remaining();
}

}  // namespace ciao::tls
