// What a TLS 1.2 endpoint must refuse after the hellos, each with its alert: messages left out,
// doubled and out of place (RFC 5246 §7.3).
#include "engine/duel12.h"

namespace ciao::tls::testing {
namespace {

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
  expect_unexpected(duel, Reason::unexpected_record);
}

// --- ChangeCipherSpec ---

TEST_P(BothRoles12, ChangeCipherSpecLeftOut) {
  Duel12 duel(GetParam());
  duel.channel.before_change_cipher_spec = [] { return false; };
  // Finished is read as if it were not protected: its nonce of zeros as HelloRequests, which a
  // client skips. What follows is noise, and may even pass for the beginning of a long message.
  if (GetParam() == Role::server) {
    expect_unexpected(duel);
    return;
  }
  EXPECT_FALSE(duel.run());
  if (!duel.error) return;
  EXPECT_TRUE(duel.reason() == Reason::unexpected_message ||
              duel.reason() == Reason::excessive_message_size)
      << code(duel.reason());
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

// RFC 5246 §6.2.1 lets records of other types stand between the parts of a message; we do not.
TEST_P(BothRoles12, ApplicationDataInsideAMessage) {
  Duel12 duel(GetParam());
  ASSERT_TRUE(duel.run());
  duel.send_message(Bytes{code(HandshakeType::hello_request), 0});
  EXPECT_TRUE(duel.peer_channel.write_data(as_bytes("in between")));
  duel.deliver_to_victim();
  expect_died(duel, AlertDescription::unexpected_message,
              Reason::mixed_handshake_and_non_handshake_data);
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
      SCOPED_TRACE("type " + std::to_string(type) + " before " + std::to_string(code(place)));
      expect_unexpected(duel);
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

// R19: every byte of every message, changed in turn.
TEST_P(BothRoles12, EveryByteOfEveryMessageCounts) {
  for (std::size_t target = 0;; ++target) {
    ASSERT_LE(target, 4000U);
    Duel12 duel(GetParam());
    duel.require_client_certificate();
    if (!run_with_byte_changed(duel, target)) break;
  }
}

// I2: every message cut at every byte, with its header telling the truth about what is left.
TEST_P(BothRoles12, EveryMessageCutAtEveryByte) {
  for (const HandshakeType type : places()) {
    for (std::size_t cut = 0;; cut += cut < 80 ? 1 : 7) {
      ASSERT_LT(cut, 1200U);
      Duel12 duel(GetParam());
      duel.require_client_certificate();
      bool was_cut = false;
      duel.change(type, [&](Bytes& message) {
        if (cut >= message.size() - kHandshakeHeaderSize) return;
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
