// What a TLS 1.3 endpoint must refuse, each with its alert: messages changed, left out, doubled and
// out of place.
#include <algorithm>

#include "engine/misbehaving_peer.h"
#include "messages/server_hello.h"

namespace ciao::tls::testing {
namespace {

TEST(Refusals, NothingIsRefusedWithoutADeviation) {
  for (const Role role : {Role::client, Role::server}) {
    Duel duel(role);
    duel.require_client_certificate();
    EXPECT_TRUE(duel.run());
    EXPECT_TRUE(duel.peer_done);
  }
}

class BothRoles : public ::testing::TestWithParam<Role> {
 protected:
  // What the peer sends in a handshake with a client certificate.
  std::vector<HandshakeType> places() const {
    using T = HandshakeType;
    if (GetParam() == Role::client) {
      return {T::server_hello, T::encrypted_extensions, T::certificate_request,
              T::certificate,  T::certificate_verify,   T::finished};
    }
    return {T::client_hello, T::certificate, T::certificate_verify, T::finished};
  }
};
INSTANTIATE_TEST_SUITE_P(Roles, BothRoles, ::testing::Values(Role::client, Role::server));

TEST_P(BothRoles, WrongFinished) {
  Duel duel(GetParam());
  duel.deviate(change(HandshakeType::finished, [](Bytes& message) { message.back() ^= 1; }));
  expect_refused(duel, AlertDescription::decrypt_error, Reason::digest_check_failed);
}

TEST_P(BothRoles, ShortFinished) {
  Duel duel(GetParam());
  duel.deviate(change(HandshakeType::finished, [](Bytes& message) {
    message.pop_back();
    fix_length(message);
  }));
  expect_refused(duel, AlertDescription::decode_error, Reason::bad_digest_length);
}

TEST_P(BothRoles, EmptyFinished) {
  Duel duel(GetParam());
  duel.deviate(change(HandshakeType::finished, [](Bytes& message) {
    message.resize(kHandshakeHeaderSize);
    fix_length(message);
  }));
  expect_refused(duel, AlertDescription::decode_error, Reason::bad_digest_length);
}

TEST_P(BothRoles, WrongSignature) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  duel.deviate(
      change(HandshakeType::certificate_verify, [](Bytes& message) { message.back() ^= 1; }));
  expect_refused(duel, AlertDescription::decrypt_error, Reason::bad_signature);
}

TEST_P(BothRoles, EmptySignature) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  duel.deviate(change(HandshakeType::certificate_verify, [](Bytes& message) {
    message.resize(kHandshakeHeaderSize + 4);
    message[6] = message[7] = 0;
    fix_length(message);
  }));
  expect_refused(duel, AlertDescription::decrypt_error, Reason::bad_signature);
}

// RFC 8446 §4.4.3: the scheme is one that was offered, signs TLS 1.3, and fits the key.
TEST_P(BothRoles, SignatureSchemeThatMayNotSign) {
  for (const int scheme : {0x0401, 0x0203, 0x0804, 0x0807, 0xfefe}) {
    Duel duel(GetParam());
    duel.require_client_certificate();
    duel.deviate(change(HandshakeType::certificate_verify, [scheme](Bytes& message) {
      message[4] = static_cast<std::uint8_t>(scheme >> 8);
      message[5] = static_cast<std::uint8_t>(scheme);
    }));
    expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_signature_type);
  }
}

TEST_P(BothRoles, SignatureSchemeOfAnotherCurve) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  duel.deviate(change(HandshakeType::certificate_verify, [](Bytes& message) { message[4] = 5; }));
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_curve);
}

TEST_P(BothRoles, SignatureSchemeNotOffered) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  for (TestHooks* hooks : {&duel.victim_hooks, &duel.peer_hooks}) {
    hooks->credentials = {{KeyKind::rsa, &test_credential(KeyKind::rsa)}};
  }
  duel.victim_config->schemes = {SignatureScheme::rsa_pss_rsae_sha256};
  duel.deviate(change(HandshakeType::certificate_verify, [](Bytes& message) {
    ASSERT_EQ(message[5], code(SignatureScheme::rsa_pss_rsae_sha256) & 0xff);
    message[5] = code(SignatureScheme::rsa_pss_rsae_sha384) & 0xff;  // fits the key as well
  }));
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_signature_type);
}

struct Omission {
  Role victim;
  HandshakeType type;
};
class Omissions : public ::testing::TestWithParam<Omission> {};
TEST_P(Omissions, LeftOut) {
  Duel duel(GetParam().victim);
  duel.require_client_certificate();
  duel.deviate([](Outgoing& out) { out.drop = out.type == GetParam().type; });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}
TEST_P(Omissions, Doubled) {
  Duel duel(GetParam().victim);
  duel.require_client_certificate();
  duel.deviate([](Outgoing& out) {
    if (out.type == GetParam().type) {
      EXPECT_TRUE(out.channel.send(out.message));
    }
  });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}
INSTANTIATE_TEST_SUITE_P(
    Messages, Omissions,
    ::testing::Values(Omission{Role::client, HandshakeType::encrypted_extensions},
                      Omission{Role::client, HandshakeType::certificate},
                      Omission{Role::client, HandshakeType::certificate_verify},
                      Omission{Role::server, HandshakeType::certificate},
                      Omission{Role::server, HandshakeType::certificate_verify}));

// Before each message of the peer's, each type of message that may not stand there.
TEST_P(BothRoles, MessageOutOfPlace) {
  for (const HandshakeType place : places()) {
    for (int type = 0; type < 256; ++type) {
      // The one place where two types are allowed: a server's first one after its extensions.
      const bool may_stand = type == code(place) || (place == HandshakeType::certificate_request &&
                                                     type == code(HandshakeType::certificate));
      if (may_stand) continue;
      Duel duel(GetParam());
      duel.require_client_certificate();
      bool sent = false;
      duel.deviate([&](Outgoing& out) {
        if (out.type != place || sent) return;
        sent = true;
        const Bytes stray = {static_cast<std::uint8_t>(type), 0, 0, 1, 0};
        EXPECT_TRUE(out.channel.send(stray));
      });
      SCOPED_TRACE("type " + std::to_string(type) + " before " + std::to_string(code(place)));
      expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
    }
  }
}

TEST_P(BothRoles, ApplicationDataBeforeFinished) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  duel.deviate([&](Outgoing& out) {
    if (out.type != HandshakeType::finished) return;
    EXPECT_TRUE(duel.peer_channel.flush_flight());
    EXPECT_TRUE(duel.peer_channel.write_data(as_bytes("too early")));
  });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_record);
}

TEST(Refusals, CertificateDemandedAndNotSent) {
  Duel duel(Role::server);
  duel.victim_config->peer_authentication = PeerAuthentication::required;
  expect_refused(duel, AlertDescription::certificate_required,
                 Reason::peer_did_not_return_a_certificate);
}

TEST(Refusals, ServerWithoutCertificate) {
  Duel duel(Role::client);
  duel.deviate(change(HandshakeType::certificate, [](Bytes& message) {
    message = {code(HandshakeType::certificate), 0, 0, 4, 0, 0, 0, 0};
  }));
  expect_refused(duel, AlertDescription::decode_error, Reason::bad_length);
}

TEST_P(BothRoles, CertificateThatIsNotOne) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  duel.deviate(change(HandshakeType::certificate, [](Bytes& message) {
    message = {code(HandshakeType::certificate), 0, 0, 10, 0, 0, 0, 6, 0, 0, 1, 0x30, 0, 0};
  }));
  expect_refused(duel, AlertDescription::decode_error, Reason::asn1_lib);
}

TEST_P(BothRoles, CertificateWithAKeyThatCannotBeRead) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  duel.deviate(change(HandshakeType::certificate, make_key_unreadable));
  expect_refused(duel, AlertDescription::internal_error,
                 Reason::unable_to_find_public_key_parameters);
}

TEST_P(BothRoles, VerificationFails) {
  Duel duel(GetParam());
  duel.require_client_certificate();
  duel.victim_hooks.verify_fails = true;
  expect_refused(duel, AlertDescription::unknown_ca, Reason::certificate_verify_failed);
}

// RFC 8446 §6: once there are handshake keys an alert travels under them, so that the peer can read
// it.
TEST(Refusals, AlertAfterServerHelloIsProtected) {
  Pair pair;
  pair.client_hooks.verify_fails = true;
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), 1000 + code(AlertDescription::unknown_ca));
}

// The types of the records in `bytes`.
std::vector<ContentType> record_types(const Bytes& bytes) {
  std::vector<ContentType> types;
  for (std::size_t at = 0; at + 5 <= bytes.size();
       at += std::size_t{5} + static_cast<std::size_t>(bytes[at + 3] << 8 | bytes[at + 4])) {
    types.push_back(static_cast<ContentType>(bytes[at]));
  }
  return types;
}

// RFC 8446 §D.4: the client's change_cipher_spec comes before its second flight, also when that is
// an alert; after a HelloRetryRequest it has been sent already.
TEST(Refusals, ChangeCipherSpecComesBeforeAProtectedAlert) {
  for (const bool compatible : {true, false}) {
    for (const bool retry : {false, true}) {
      Pair pair;
      pair.client_hooks.verify_fails = true;
      if (!compatible) pair.client_config->options = 0;
      if (retry) pair.server_config->groups = {NamedGroup::secp384r1};
      pair.restart();
      Bytes last;
      pair.tamper = [&](const Connection& from, Bytes& bytes) {
        if (&from == pair.client.get() && !bytes.empty()) last = bytes;
      };
      EXPECT_FALSE(pair.handshake());
      const std::vector<ContentType> alone = {ContentType::application_data};
      const std::vector<ContentType> both = {ContentType::change_cipher_spec,
                                             ContentType::application_data};
      EXPECT_EQ(record_types(last), compatible && !retry ? both : alone);
    }
  }
}

// RFC 8446 §4.2: a CertificateRequest may ask for staples that we do not have, and say what we do
// not know.
TEST(Refusals, CertificateRequestMayHoldOtherExtensions) {
  Duel duel(Role::client);
  duel.require_client_certificate();
  duel.deviate(change(HandshakeType::certificate_request, [](Bytes& message) {
    const Bytes more = {0, 5, 0, 0, 0, 18, 0, 0, 0xfa, 0xfa, 0, 1, 7};
    message.insert(message.end(), more.begin(), more.end());
    const std::size_t size = message.size() - kHandshakeHeaderSize - 3;
    message[5] = static_cast<std::uint8_t>(size >> 8);
    message[6] = static_cast<std::uint8_t>(size);
    fix_length(message);
  }));
  // The peer signs a transcript with the request as it was: the request itself was taken.
  expect_refused(duel, AlertDescription::decrypt_error, Reason::bad_signature);
}

TEST_P(BothRoles, HandshakeDataBehindAKeyChange) {
  Duel duel(GetParam());
  // The victim changes its read keys with this message: another one in the same record is at the
  // wrong level.
  const HandshakeType last =
      GetParam() == Role::client ? HandshakeType::server_hello : HandshakeType::finished;
  duel.deviate(change(last, [](Bytes& message) {
    message.insert(message.end(), {code(HandshakeType::encrypted_extensions), 0, 0, 2, 0, 0});
  }));
  expect_refused(duel, AlertDescription::unexpected_message, Reason::not_on_record_boundary);
}

// Half a message behind the one that a HelloRetryRequest answers, or behind the retry itself.
TEST_P(BothRoles, HandshakeDataBehindARetry) {
  Duel duel(GetParam());
  Config& server = GetParam() == Role::server ? *duel.victim_config : *duel.peer_config;
  server.groups = {NamedGroup::secp384r1};
  const HandshakeType first =
      GetParam() == Role::server ? HandshakeType::client_hello : HandshakeType::server_hello;
  bool sent = false;
  duel.deviate(change(first, [&](Bytes& message) {
    if (!std::exchange(sent, true)) message.push_back(code(first));
  }));
  expect_refused(duel, AlertDescription::unexpected_message, Reason::not_on_record_boundary);
}

// R19: every byte of every message, changed in turn.
TEST_P(BothRoles, EveryByteOfEveryMessageCounts) {
  for (std::size_t target = 0;; ++target) {
    ASSERT_LE(target, 4000U);
    Duel duel(GetParam());
    duel.require_client_certificate();
    if (!run_with_byte_changed(duel, target)) break;
  }
}

// I2: every message cut at every byte, with its header telling the truth about what is left.
TEST_P(BothRoles, EveryMessageCutAtEveryByte) {
  for (const HandshakeType type : places()) {
    for (std::size_t cut = 0;; cut += cut < 80 ? 1 : 7) {
      ASSERT_LT(cut, 1200U);
      Duel duel(GetParam());
      duel.require_client_certificate();
      bool was_cut = false;
      duel.deviate(change(type, [&](Bytes& message) {
        if (cut >= message.size() - kHandshakeHeaderSize) return;
        was_cut = true;
        message.resize(kHandshakeHeaderSize + cut);
        fix_length(message);
      }));
      const bool done = duel.run() && duel.peer_done;
      EXPECT_EQ(done, !was_cut) << "type " << int{code(type)} << " at " << cut;
      if (!was_cut) break;
    }
  }
}

}  // namespace
}  // namespace ciao::tls::testing
