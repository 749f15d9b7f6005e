// What a TLS 1.2 endpoint must refuse after the hellos, each with its alert: messages changed, left
// out, doubled and out of place (RFC 5246 §7.3, §7.4).
#include <algorithm>

#include "engine/misbehaving_peer.h"

namespace ciao::tls::testing {
namespace {

struct Duel12 : Duel {
  explicit Duel12(Role role, std::uint16_t suite = kEcdsaGcm) : Duel(role) { speak_tls12(suite); }

  void require_client_certificate() {
    Config& server = victim_role == Role::server ? *victim_config : *peer_config;
    TestHooks& client = victim_role == Role::client ? victim_hooks : peer_hooks;
    server.peer_authentication = PeerAuthentication::required;
    client.credentials[KeyKind::ecdsa] = &test_credential(KeyKind::ecdsa);
  }
  void change(HandshakeType type, std::function<void(Bytes&)> edit) {
    deviate([type, edit](Outgoing& out) {
      if (out.type == type) edit(out.message);
    });
  }
  // Runs once, before the peer's first message of this type.
  void before(HandshakeType type, std::function<void(Channel&)> act) {
    deviate([type, act, done = false](Outgoing& out) mutable {
      if (out.type == type && !std::exchange(done, true)) act(out.channel);
    });
  }
};

void expect_refused(Duel& duel, AlertDescription alert, Reason reason) {
  EXPECT_FALSE(duel.run());
  ASSERT_TRUE(duel.error) << "the deviation was not noticed";
  EXPECT_EQ(code(duel.reason()), code(reason));
  EXPECT_EQ(code(duel.alert()), code(alert));
  EXPECT_EQ(duel.victim->phase(), Phase::dead);
  EXPECT_FALSE(duel.victim->advance());
  EXPECT_FALSE(duel.victim->receive());
  EXPECT_FALSE(duel.victim->write(as_bytes("x")));
}

void expect_unexpected(Duel& duel, Reason reason = Reason::unexpected_message) {
  expect_refused(duel, AlertDescription::unexpected_message, reason);
}

void fix_length(Bytes& message) {
  const std::size_t size = message.size() - kHandshakeHeaderSize;
  message[1] = static_cast<std::uint8_t>(size >> 16);
  message[2] = static_cast<std::uint8_t>(size >> 8);
  message[3] = static_cast<std::uint8_t>(size);
}

std::function<void(Bytes&)> resize_to(std::size_t body) {
  return [body](Bytes& message) {
    message.resize(kHandshakeHeaderSize + body);
    fix_length(message);
  };
}

std::function<void(Bytes&)> one_byte_more() {
  return [](Bytes& message) {
    message.push_back(0);
    fix_length(message);
  };
}

class BothRoles12 : public ::testing::TestWithParam<Role> {
 protected:
  // What the peer sends in a handshake with a client certificate and a ticket.
  std::vector<HandshakeType> places() const {
    using T = HandshakeType;
    if (GetParam() == Role::client) {
      return {T::server_hello,
              T::certificate,
              T::server_key_exchange,
              T::certificate_request,
              T::server_hello_done,
              T::new_session_ticket,
              T::finished};
    }
    return {T::client_hello, T::certificate, T::client_key_exchange, T::certificate_verify,
            T::finished};
  }
};
INSTANTIATE_TEST_SUITE_P(Roles, BothRoles12, ::testing::Values(Role::client, Role::server));

TEST_P(BothRoles12, NothingIsRefusedWithoutADeviation) {
  for (const std::uint16_t suite : {Duel::kEcdsaGcm, Duel::kEcdsaCbc}) {
    Duel12 duel(GetParam(), suite);
    duel.require_client_certificate();
    EXPECT_TRUE(duel.run());
    EXPECT_TRUE(duel.peer_done);
    EXPECT_EQ(duel.victim->negotiated().version, ProtocolVersion::tls1_2);
  }
}

// --- Finished ---

TEST_P(BothRoles12, WrongFinished) {
  for (std::size_t byte = 0; byte < 12; ++byte) {
    Duel12 duel(GetParam());
    duel.change(HandshakeType::finished,
                [byte](Bytes& message) { message[kHandshakeHeaderSize + byte] ^= 0x80; });
    expect_refused(duel, AlertDescription::decrypt_error, Reason::digest_check_failed);
  }
}

TEST_P(BothRoles12, FinishedOfAnotherLength) {
  for (const std::size_t size : {0U, 1U, 11U, 13U, 32U, 36U}) {
    Duel12 duel(GetParam());
    duel.change(HandshakeType::finished, resize_to(size));
    expect_refused(duel, AlertDescription::decode_error, Reason::bad_digest_length);
  }
}

TEST(Refusals12, OurOwnFinishedSentBack) {
  Duel12 duel(Role::client);
  duel.change(HandshakeType::finished, [&](Bytes& message) {
    copy_bytes(message.data() + kHandshakeHeaderSize, duel.peer_facts.peer_finished);
  });
  expect_refused(duel, AlertDescription::decrypt_error, Reason::digest_check_failed);
}

TEST_P(BothRoles12, FinishedBeforeChangeCipherSpec) {
  Duel12 duel(GetParam());
  duel.channel.before_change_cipher_spec = [&] {
    Bytes finished = {code(HandshakeType::finished), 0, 0, 12};
    finished.resize(16);
    duel.send_raw(ContentType::handshake, finished);
    return true;
  };
  expect_unexpected(duel);
}

TEST_P(BothRoles12, ApplicationDataInPlaceOfFinished) {
  Duel12 duel(GetParam());
  duel.before(HandshakeType::finished, [&](Channel&) {
    EXPECT_TRUE(duel.peer_channel.flush_flight());
    EXPECT_TRUE(duel.peer_channel.write_data(as_bytes("too early")));
  });
  expect_unexpected(duel, Reason::unexpected_record);
}

TEST_P(BothRoles12, ApplicationDataBeforeKeys) {
  Duel12 duel(GetParam());
  duel.channel.before_change_cipher_spec = [&] {
    duel.send_raw(ContentType::application_data, as_bytes("in the clear"));
    return true;
  };
  expect_unexpected(duel);
}

// --- ChangeCipherSpec ---

TEST_P(BothRoles12, ChangeCipherSpecLeftOut) {
  Duel12 duel(GetParam());
  duel.channel.before_change_cipher_spec = [] { return false; };
  EXPECT_FALSE(duel.run());
  ASSERT_TRUE(duel.error);
  EXPECT_EQ(duel.victim->phase(), Phase::dead);
}

// CVE-2014-0224: the keys change once, and where the RFC says.
TEST_P(BothRoles12, ChangeCipherSpecEarly) {
  for (const HandshakeType place : places()) {
    if (place == HandshakeType::finished) continue;
    SCOPED_TRACE(int{code(place)});
    Duel12 duel(GetParam());
    duel.require_client_certificate();
    duel.before(place, [&](Channel&) { duel.send_raw(ContentType::change_cipher_spec, Bytes{1}); });
    expect_unexpected(duel);
  }
}

TEST_P(BothRoles12, ChangeCipherSpecTwice) {
  Duel12 duel(GetParam());
  duel.channel.before_change_cipher_spec = [&] {
    duel.send_raw(ContentType::change_cipher_spec, Bytes{1});
    return true;
  };
  // The keys are there already: the second one is not protected by them.
  expect_refused(duel, AlertDescription::bad_record_mac,
                 Reason::decryption_failed_or_bad_record_mac);
}

TEST_P(BothRoles12, ProtectedChangeCipherSpec) {
  Duel12 duel(GetParam());
  duel.before(HandshakeType::finished,
              [](Channel& channel) { EXPECT_TRUE(channel.send_change_cipher_spec()); });
  expect_unexpected(duel);
}

TEST_P(BothRoles12, ChangeCipherSpecWithAnotherContent) {
  for (const Bytes& content : {Bytes{}, Bytes{0}, Bytes{2}, Bytes{1, 1}}) {
    Duel12 duel(GetParam());
    duel.channel.before_change_cipher_spec = [&] {
      duel.send_raw(ContentType::change_cipher_spec, content);
      return false;
    };
    expect_unexpected(duel, Reason::bad_change_cipher_spec);
  }
}

TEST_P(BothRoles12, ChangeCipherSpecInsideAMessage) {
  Duel12 duel(GetParam());
  duel.channel.before_change_cipher_spec = [&] {
    duel.send_raw(ContentType::handshake, Bytes{code(HandshakeType::finished), 0, 0});
    return true;
  };
  expect_unexpected(duel, Reason::bad_change_cipher_spec);
}

// --- order ---

struct Omission {
  Role victim;
  HandshakeType type;
};
class Omissions12 : public ::testing::TestWithParam<Omission> {};
TEST_P(Omissions12, LeftOut) {
  Duel12 duel(GetParam().victim);
  duel.require_client_certificate();
  duel.deviate([](Outgoing& out) { out.drop = out.type == GetParam().type; });
  expect_unexpected(duel);
}
TEST_P(Omissions12, Doubled) {
  Duel12 duel(GetParam().victim);
  duel.require_client_certificate();
  duel.deviate([](Outgoing& out) {
    if (out.type == GetParam().type) {
      EXPECT_TRUE(out.channel.send(out.message));
    }
  });
  expect_unexpected(duel);
}
INSTANTIATE_TEST_SUITE_P(
    Messages, Omissions12,
    ::testing::Values(Omission{Role::client, HandshakeType::certificate},
                      Omission{Role::client, HandshakeType::server_key_exchange},
                      Omission{Role::client, HandshakeType::new_session_ticket},
                      Omission{Role::server, HandshakeType::certificate},
                      Omission{Role::server, HandshakeType::client_key_exchange},
                      Omission{Role::server, HandshakeType::certificate_verify}));

// I1: before each message of the peer's, each type of message that may not stand there.
TEST_P(BothRoles12, MessageOutOfPlace) {
  for (const HandshakeType place : places()) {
    for (int type = 0; type < 256; ++type) {
      // The two where something else may come: they are malformed there, not out of place.
      const bool may_stand =
          type == code(place) || (place == HandshakeType::certificate_request &&
                                  type == code(HandshakeType::server_hello_done));
      if (may_stand) continue;
      Duel12 duel(GetParam());
      duel.require_client_certificate();
      duel.before(place, [&](Channel& channel) {
        const Bytes stray = {static_cast<std::uint8_t>(type), 0, 0, 1, 0};
        EXPECT_TRUE(channel.send(stray));
      });
      EXPECT_FALSE(duel.run()) << "type " << type << " before " << int{code(place)};
      EXPECT_EQ(code(duel.alert()), code(AlertDescription::unexpected_message))
          << "type " << type << " before " << int{code(place)};
    }
  }
}

// A server that did not ask for a certificate gets neither a Certificate nor a CertificateVerify.
TEST(Refusals12, CertificateNobodyAskedFor) {
  for (const HandshakeType type : {HandshakeType::certificate, HandshakeType::certificate_verify}) {
    for (const HandshakeType place :
         {HandshakeType::client_key_exchange, HandshakeType::finished}) {
      Duel12 duel(Role::server);
      const auto stray = [type](Channel& channel) {
        EXPECT_TRUE(channel.send(Bytes{code(type), 0, 0, 3, 0, 0, 0}));
      };
      if (place == HandshakeType::finished) {
        duel.channel.before_change_cipher_spec = [&] {
          stray(duel.peer_channel);
          return true;
        };
      } else {
        duel.before(place, stray);
      }
      expect_unexpected(duel);
    }
  }
}

// CVE-2014-0291's kin: a CertificateVerify without a certificate.
TEST(Refusals12, CertificateVerifyWithoutCertificate) {
  Duel12 duel(Role::server);
  duel.victim_config->peer_authentication = PeerAuthentication::request;
  duel.channel.before_change_cipher_spec = [&] {
    EXPECT_TRUE(duel.peer_channel.send(
        Bytes{code(HandshakeType::certificate_verify), 0, 0, 4, 4, 3, 0, 0}));
    return true;
  };
  expect_unexpected(duel);
}

TEST(Refusals12, CertificateRequestTwice) {
  Duel12 duel(Role::client);
  duel.require_client_certificate();
  duel.deviate([](Outgoing& out) {
    if (out.type == HandshakeType::certificate_request) {
      EXPECT_TRUE(out.channel.send(out.message));
    }
  });
  expect_unexpected(duel);
}

// What a peer sends in the same record behind the message that has to be answered first.
TEST_P(BothRoles12, DataBehindTheEndOfAFlight) {
  const HandshakeType last =
      GetParam() == Role::client ? HandshakeType::server_hello_done : HandshakeType::client_hello;
  for (const Bytes& more :
       {Bytes{code(HandshakeType::new_session_ticket), 0, 0, 6, 0, 0, 0, 0, 0, 0},
        Bytes{code(HandshakeType::client_key_exchange)}}) {
    Duel12 duel(GetParam());
    duel.change(last,
                [&](Bytes& message) { message.insert(message.end(), more.begin(), more.end()); });
    expect_unexpected(duel, Reason::not_on_record_boundary);
  }
}

// --- the contents of messages ---

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

class Contents12 : public ::testing::TestWithParam<Malformed> {};
TEST_P(Contents12, Refused) {
  Duel12 duel(GetParam().victim);
  duel.require_client_certificate();
  duel.change(GetParam().type, GetParam().edit);
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Messages, Contents12, ::testing::ValuesIn(kMalformed),
                         [](const auto& test) { return test.param.name; });

// A server that signs for a point that no honest one has: the signature is right.
TEST(Refusals12, SignedPointThatIsNone) {
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
    Bytes params = {3, 0, static_cast<std::uint8_t>(code(point.group)),
                    static_cast<std::uint8_t>(point.value.size())};
    params.insert(params.end(), point.value.begin(), point.value.end());
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
TEST(Refusals12, SignatureOfAnotherHandshake) {
  for (const std::size_t byte : {0U, 31U, 32U, 63U}) {
    Duel12 duel(Role::client);
    duel.peer_hooks.edit_signed = [byte](Bytes& content) { content[byte] ^= 1; };
    expect_refused(duel, AlertDescription::decrypt_error, Reason::bad_signature);
  }
}

// RFC 8422 §5.1.1: supported_groups is about certificates, too.
TEST(Refusals12, CertificateOnACurveThatIsNotOurs) {
  Duel12 duel(Role::server);
  duel.require_client_certificate();
  duel.victim_hooks.credentials[KeyKind::ecdsa] =
      &test_credential(KeyKind::ecdsa, NamedGroup::secp384r1);
  duel.victim_config->groups = {NamedGroup::x25519, NamedGroup::secp384r1};
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_curve);
}

TEST_P(BothRoles12, VerificationFails) {
  Duel12 duel(GetParam());
  duel.require_client_certificate();
  duel.victim_hooks.verify_fails = true;
  expect_refused(duel, AlertDescription::unknown_ca, Reason::certificate_verify_failed);
}

TEST(Refusals12, StapleThatIsMalformed) {
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

TEST(Refusals12, StapleTwice) {
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

// R19: every byte of every message, changed in turn.
TEST_P(BothRoles12, EveryByteOfEveryMessageCounts) {
  bool past_the_end = false;
  for (std::size_t target = 0; !past_the_end; ++target) {
    Duel12 duel(GetParam());
    duel.require_client_certificate();
    std::size_t position = 0;
    duel.deviate([&](Outgoing& out) {
      if (target >= position && target < position + out.message.size()) {
        out.message[target - position] ^= 0x01;
      }
      position += out.message.size();
    });
    const bool established = duel.run() && duel.peer_done;
    past_the_end = target >= position;
    EXPECT_EQ(established, past_the_end) << "byte " << target << " of " << position;
    ASSERT_LE(target, 4000U);
  }
}

// I2: every message cut at every byte, with its header telling the truth about what is left.
TEST_P(BothRoles12, EveryMessageCutAtEveryByte) {
  for (const HandshakeType type : places()) {
    for (std::size_t cut = 0; cut < 700; cut += cut < 80 ? 1 : 7) {
      Duel12 duel(GetParam());
      duel.require_client_certificate();
      bool was_cut = false;
      duel.change(type, [&](Bytes& message) {
        if (cut >= message.size() - kBody) return;
        was_cut = true;
        resize_to(cut)(message);
      });
      const bool done = duel.run() && duel.peer_done;
      EXPECT_EQ(done, !was_cut) << "type " << int{code(type)} << " at " << cut;
      if (!was_cut) break;
    }
  }
}

}  // namespace
}  // namespace ciao::tls::testing
