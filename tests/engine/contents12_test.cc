// What a TLS 1.2 endpoint must refuse in messages that come where they belong, each with its alert
// (RFC 5246 §7.4).
#include <algorithm>

#include "engine/duel12.h"

namespace ciao::tls::testing {
namespace {

std::function<void(Bytes&)> one_byte_more() {
  return [](Bytes& message) {
    message.push_back(0);
    fix_length(message);
  };
}

struct Malformed {
  const char* name;
  Role victim;
  HandshakeType type;
  std::function<void(Bytes&)> edit;
  AlertDescription alert;
  Reason reason;
};
void PrintTo(const Malformed& test, std::ostream* out) { *out << test.name; }

constexpr std::size_t kBody = kHandshakeHeaderSize;

Malformed too_long(const char* name, Role victim, HandshakeType type) {
  return {
      name, victim, type, one_byte_more(), AlertDescription::decode_error, Reason::length_mismatch};
}

// Where ServerKeyExchange has its scheme: named_curve, group, the point with its length.
std::size_t scheme_at(const Bytes& message) { return kBody + 4 + message[kBody + 3]; }

Malformed scheme(const char* name, unsigned value, Reason reason, AlertDescription alert) {
  return {name,
          Role::client,
          HandshakeType::server_key_exchange,
          [value](Bytes& message) {
            const std::size_t at = scheme_at(message);
            message[at] = static_cast<std::uint8_t>(value >> 8);
            message[at + 1] = static_cast<std::uint8_t>(value);
          },
          alert,
          reason};
}

const Malformed kMalformed[] = {
    too_long("server_key_exchange_too_long", Role::client, HandshakeType::server_key_exchange),
    too_long("certificate_request_too_long", Role::client, HandshakeType::certificate_request),
    too_long("server_hello_done_too_long", Role::client, HandshakeType::server_hello_done),
    too_long("ticket_too_long", Role::client, HandshakeType::new_session_ticket),
    too_long("server_certificate_too_long", Role::client, HandshakeType::certificate),
    too_long("client_certificate_too_long", Role::server, HandshakeType::certificate),
    too_long("client_key_exchange_too_long", Role::server, HandshakeType::client_key_exchange),
    too_long("certificate_verify_too_long", Role::server, HandshakeType::certificate_verify),
    {"no_server_certificate", Role::client, HandshakeType::certificate,
     [](Bytes& message) { message = {code(HandshakeType::certificate), 0, 0, 3, 0, 0, 0}; },
     AlertDescription::decode_error, Reason::length_mismatch},
    {"empty_certificate", Role::client, HandshakeType::certificate,
     [](Bytes& message) {
       message = {code(HandshakeType::certificate), 0, 0, 6, 0, 0, 3, 0, 0, 0};
     },
     AlertDescription::decode_error, Reason::cert_length_mismatch},
    {"not_a_certificate", Role::client, HandshakeType::certificate,
     [](Bytes& message) {
       message = {code(HandshakeType::certificate), 0, 0, 7, 0, 0, 4, 0, 0, 1, 0x30};
     },
     AlertDescription::decode_error, Reason::asn1_lib},
    {"no_client_certificate", Role::server, HandshakeType::certificate,
     [](Bytes& message) { message = {code(HandshakeType::certificate), 0, 0, 3, 0, 0, 0}; },
     AlertDescription::handshake_failure, Reason::peer_did_not_return_a_certificate},
    {"wrong_signature", Role::client, HandshakeType::server_key_exchange,
     [](Bytes& message) { message.back() ^= 1; }, AlertDescription::decrypt_error,
     Reason::bad_signature},
    {"changed_point", Role::client, HandshakeType::server_key_exchange,
     [](Bytes& message) { message[kBody + 10] ^= 1; }, AlertDescription::decrypt_error,
     Reason::bad_signature},
    {"empty_signature", Role::client, HandshakeType::server_key_exchange,
     [](Bytes& message) {
       const std::size_t at = scheme_at(message) + 2;
       message[at] = message[at + 1] = 0;
       message.resize(at + 2);
       fix_length(message);
     },
     AlertDescription::decrypt_error, Reason::bad_signature},
    // SLOTH (CVE-2015-7575), and what was never offered or fits another kind of key.
    scheme("md5", 0x0103, Reason::wrong_signature_type, AlertDescription::illegal_parameter),
    scheme("ecdsa_sha1", 0x0203, Reason::wrong_signature_type, AlertDescription::illegal_parameter),
    scheme("rsa", 0x0401, Reason::wrong_signature_type, AlertDescription::illegal_parameter),
    scheme("rsa_pss", 0x0804, Reason::wrong_signature_type, AlertDescription::illegal_parameter),
    scheme("ed25519", 0x0807, Reason::wrong_signature_type, AlertDescription::illegal_parameter),
    scheme("unknown", 0xfefe, Reason::wrong_signature_type, AlertDescription::illegal_parameter),
    // TLS 1.2 does not tie the curve to the scheme: it is the signature that is wrong.
    scheme("another_hash", 0x0503, Reason::bad_signature, AlertDescription::decrypt_error),
    {"curve_not_offered", Role::client, HandshakeType::server_key_exchange,
     [](Bytes& message) { message[kBody + 2] = 0x13; }, AlertDescription::illegal_parameter,
     Reason::wrong_curve},
    // "Cross-protocol" attack on signed parameters: explicit curves are not read at all.
    {"explicit_curve", Role::client, HandshakeType::server_key_exchange,
     [](Bytes& message) { message[kBody] = 1; }, AlertDescription::illegal_parameter,
     Reason::wrong_curve},
    {"no_point", Role::client, HandshakeType::server_key_exchange,
     [](Bytes& message) {
       const auto point = message.begin() + kBody + 4;
       message.erase(point, point + message[kBody + 3]);
       message[kBody + 3] = 0;
       fix_length(message);
     },
     AlertDescription::decode_error, Reason::length_mismatch},
    {"request_without_schemes", Role::client, HandshakeType::certificate_request,
     [](Bytes& message) {
       message = {code(HandshakeType::certificate_request), 0, 0, 6, 1, 64, 0, 0, 0, 0};
     },
     AlertDescription::decode_error, Reason::signature_algorithms_error},
    {"client_point_short", Role::server, HandshakeType::client_key_exchange,
     [](Bytes& message) { message = {code(HandshakeType::client_key_exchange), 0, 0, 2, 1, 9}; },
     AlertDescription::illegal_parameter, Reason::bad_ecpoint},
    {"client_point_zero", Role::server, HandshakeType::client_key_exchange,
     [](Bytes& message) { std::fill(message.begin() + kBody + 1, message.end(), std::uint8_t{0}); },
     AlertDescription::illegal_parameter, Reason::bad_ecpoint},
    {"client_point_missing", Role::server, HandshakeType::client_key_exchange,
     [](Bytes& message) { message = {code(HandshakeType::client_key_exchange), 0, 0, 1, 0}; },
     AlertDescription::decode_error, Reason::length_mismatch},
    {"client_key_exchange_empty", Role::server, HandshakeType::client_key_exchange, resize_to(0),
     AlertDescription::decode_error, Reason::length_mismatch},
    {"client_signature_wrong", Role::server, HandshakeType::certificate_verify,
     [](Bytes& message) { message.back() ^= 1; }, AlertDescription::decrypt_error,
     Reason::bad_signature},
    {"client_signature_empty", Role::server, HandshakeType::certificate_verify,
     [](Bytes& message) {
       message[kBody + 2] = message[kBody + 3] = 0;
       message.resize(kBody + 4);
       fix_length(message);
     },
     AlertDescription::decrypt_error, Reason::bad_signature},
    {"client_scheme_md5", Role::server, HandshakeType::certificate_verify,
     [](Bytes& message) { message[kBody] = 1; }, AlertDescription::illegal_parameter,
     Reason::wrong_signature_type},
    {"client_scheme_of_another_key", Role::server, HandshakeType::certificate_verify,
     [](Bytes& message) { message[kBody + 1] = 1; }, AlertDescription::illegal_parameter,
     Reason::wrong_signature_type},
};

class Malformed12 : public ::testing::TestWithParam<Malformed> {};
TEST_P(Malformed12, IsRefused) {
  Duel12 duel(GetParam().victim);
  duel.require_client_certificate();
  duel.change(GetParam().type, GetParam().edit);
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Messages, Malformed12, ::testing::ValuesIn(kMalformed),
                         [](const auto& test) { return test.param.name; });

// A server that signs for a point that no honest one has: the signature is right.
TEST(Contents12, SignedPointThatIsNone) {
  struct Point {
    NamedGroup group;
    Bytes value;
  };
  Bytes off_the_curve = {4};
  off_the_curve.resize(65, 7);
  Bytes compressed = {2};
  compressed.resize(33, 7);
  for (const Point& point :
       {Point{NamedGroup::x25519, Bytes(32, 0)}, Point{NamedGroup::x25519, Bytes(31, 9)},
        Point{NamedGroup::x25519, Bytes(33, 9)}, Point{NamedGroup::secp256r1, off_the_curve},
        Point{NamedGroup::secp256r1, compressed}, Point{NamedGroup::secp256r1, Bytes{0}}}) {
    Duel12 duel(Role::client);
    duel.peer_config->groups = {point.group};
    Bytes params;
    Writer writer(params);
    writer.u8(3);  // named_curve
    writer.put(point.group);
    writer.vector8(point.value);
    duel.peer_hooks.edit_signed = [&](Bytes& content) {
      content.resize(64);
      content.insert(content.end(), params.begin(), params.end());
    };
    duel.change(HandshakeType::server_key_exchange, [&](Bytes& message) {
      Bytes changed(message.begin(), message.begin() + kBody);
      changed.insert(changed.end(), params.begin(), params.end());
      changed.insert(changed.end(),
                     message.begin() + static_cast<std::ptrdiff_t>(scheme_at(message)),
                     message.end());
      fix_length(changed);
      message = changed;
    });
    expect_refused(duel, AlertDescription::illegal_parameter, Reason::bad_ecpoint);
  }
}

// The signature covers both randoms: one from another handshake is worth nothing.
TEST(Contents12, SignatureOfAnotherHandshake) {
  for (const std::size_t byte : {0U, 31U, 32U, 63U}) {
    Duel12 duel(Role::client);
    duel.peer_hooks.edit_signed = [byte](Bytes& content) { content[byte] ^= 1; };
    expect_refused(duel, AlertDescription::decrypt_error, Reason::bad_signature);
  }
}

// RFC 8422 §5.1.1: supported_groups is about certificates, too.
TEST(Contents12, CertificateOnACurveThatIsNotOurs) {
  Duel12 duel(Role::server);
  duel.require_client_certificate();
  duel.victim_hooks.credentials[KeyKind::ecdsa] =
      &test_credential(KeyKind::ecdsa, NamedGroup::secp384r1);
  duel.victim_config->groups = {NamedGroup::x25519, NamedGroup::secp384r1};
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_curve);
}

// (A client finds first that it does not fit the suite.)
TEST(Contents12, CertificateWithAKeyThatCannotBeRead) {
  Duel12 duel(Role::server);
  duel.require_client_certificate();
  duel.change(HandshakeType::certificate, make_key_unreadable);
  expect_refused(duel, AlertDescription::internal_error,
                 Reason::unable_to_find_public_key_parameters);
}

TEST(Contents12, VerificationFails) {
  for (const Role role : {Role::client, Role::server}) {
    Duel12 duel(role);
    duel.require_client_certificate();
    duel.victim_hooks.verify_fails = true;
    expect_refused(duel, AlertDescription::unknown_ca, Reason::certificate_verify_failed);
  }
}

TEST(Contents12, StapleThatIsMalformed) {
  struct Staple {
    Bytes message;
    Reason reason;
  };
  const std::uint8_t type = code(HandshakeType::certificate_status);
  for (const Staple& staple :
       {Staple{{type, 0, 0, 5, 2, 0, 0, 1, 7}, Reason::unsupported_status_type},
        Staple{{type, 0, 0, 4, 1, 0, 0, 0}, Reason::length_mismatch},
        Staple{{type, 0, 0, 6, 1, 0, 0, 1, 7, 7}, Reason::length_mismatch},
        Staple{{type, 0, 0, 0}, Reason::length_mismatch}}) {
    Duel12 duel(Role::client);
    duel.victim_config->status_request = true;
    duel.peer_hooks.ocsp = to_bytes(as_bytes("staple"));
    duel.change(HandshakeType::certificate_status,
                [&](Bytes& message) { message = staple.message; });
    expect_refused(duel, AlertDescription::decode_error, staple.reason);
  }
}

TEST(Contents12, StapleTwice) {
  Duel12 duel(Role::client);
  duel.victim_config->status_request = true;
  duel.peer_hooks.ocsp = to_bytes(as_bytes("staple"));
  duel.deviate([](Outgoing& out) {
    if (out.type == HandshakeType::certificate_status) {
      EXPECT_TRUE(out.channel.send(out.message));
    }
  });
  expect_unexpected(duel);
}

}  // namespace
}  // namespace ciao::tls::testing
