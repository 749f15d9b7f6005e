// A certificate asked for after the handshake (RFC 8446 §4.6.2), in both roles.
#include "engine/misbehaving_peer.h"
#include "handshake/late_authentication.h"
#include "handshake/post_handshake13.h"

namespace ciao::tls::testing {
namespace {

class LateRequestTest : public ::testing::Test {
 protected:
  LateRequestTest() {
    pair.client_config->post_handshake_auth = true;
    pair.server_config->peer_authentication = PeerAuthentication::required;
    pair.server_config->late_request_only = true;
    pair.client_hooks.credentials[KeyKind::ecdsa] = &test_credential(KeyKind::ecdsa);
  }
  void establish() {
    pair.restart();
    ASSERT_TRUE(pair.handshake());
    ASSERT_FALSE(peer_known());
  }
  bool peer_known() const {
    const Ref<PeerCertificates>& peer = pair.server->negotiated().peer;
    return peer && !peer->empty();
  }
  void ask() {
    ASSERT_TRUE(pair.server->request_late_authentication());
    EXPECT_TRUE(pair.server->in_init());
    pair.handshake();
  }

  Pair pair;
};

TEST_F(LateRequestTest, TheClientProvesItself) {
  establish();
  const std::size_t tickets = pair.client_hooks.added.size();
  ask();
  EXPECT_FALSE(pair.server_error);
  EXPECT_TRUE(peer_known());
  EXPECT_FALSE(pair.server->in_init());
  ASSERT_TRUE(pair.server->session()->peer);
  EXPECT_FALSE(pair.server->session()->peer->empty());
  // A resumption with the new tickets is one of a client that is known.
  EXPECT_EQ(pair.client_hooks.added.size(), tickets + 2);
  EXPECT_EQ(pair.server->negotiated().peer_finished, pair.client->negotiated().own_finished);
  pair.expect_data_flows();
  ask();
  EXPECT_FALSE(pair.server_error);
  pair.expect_data_flows();
}

TEST_F(LateRequestTest, OneByteAtATime) {
  establish();
  pair.wire = {.chunk = 1, .accepts = 1};
  ask();
  EXPECT_TRUE(peer_known());
  pair.expect_data_flows();
}

TEST_F(LateRequestTest, EachQuestionMayWait) {
  establish();
  pair.client_hooks.pending_rounds = 2;
  pair.server_hooks.pending_rounds = 2;
  ask();
  EXPECT_TRUE(peer_known());
  pair.expect_data_flows();
}

TEST_F(LateRequestTest, AClientWithoutACertificateIsRefusedWhereOneIsRequired) {
  establish();
  pair.client_hooks.credentials.clear();
  ask();
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::peer_did_not_return_a_certificate));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::certificate_required));
}

TEST_F(LateRequestTest, AClientWithoutACertificateMayGoOnWhereNoneIsRequired) {
  pair.server_config->peer_authentication = PeerAuthentication::request;
  establish();
  pair.client_hooks.credentials.clear();
  ask();
  EXPECT_FALSE(pair.server_error);
  EXPECT_FALSE(peer_known());
  EXPECT_EQ(code(pair.server->late_request()), code(LateRequestState::possible));
  pair.expect_data_flows();
}

TEST_F(LateRequestTest, ACertificateThatFailsVerificationIsRefused) {
  establish();
  pair.server_hooks.verify_fails = true;
  pair.server_hooks.verify_result = 20;
  ask();
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(code(pair.server_error->reason), code(Reason::certificate_verify_failed));
  EXPECT_EQ(code(pair.server_error->alert), code(AlertDescription::unknown_ca));
  EXPECT_FALSE(peer_known());
}

TEST_F(LateRequestTest, NobodyIsAskedWhoDidNotOfferIt) {
  pair.client_config->post_handshake_auth = false;
  establish();
  EXPECT_EQ(code(pair.server->late_request()), code(LateRequestState::impossible));
  EXPECT_FALSE(pair.server->request_late_authentication());
  EXPECT_FALSE(pair.client->request_late_authentication());
}

// What was offered counts, not what the application says while the handshake runs.
TEST_F(LateRequestTest, TheOfferHolds) {
  pair.restart();
  ASSERT_TRUE(pair.client->advance());
  pair.client_config->post_handshake_auth = false;
  ASSERT_TRUE(pair.handshake());
  ask();
  EXPECT_FALSE(pair.client_error);
  EXPECT_TRUE(peer_known());
}

TEST_F(LateRequestTest, OneRequestAtATime) {
  establish();
  ASSERT_TRUE(pair.server->request_late_authentication());
  EXPECT_EQ(code(pair.server->late_request()), code(LateRequestState::wanted));
  EXPECT_FALSE(pair.server->request_late_authentication());
  ASSERT_TRUE(pair.server->advance());
  EXPECT_EQ(code(pair.server->late_request()), code(LateRequestState::sent));
  EXPECT_FALSE(pair.server->request_late_authentication());
}

TEST_F(LateRequestTest, ThePolicyDecides) {
  establish();
  pair.server->edit_config().peer_authentication = PeerAuthentication::none;
  EXPECT_FALSE(pair.server->request_late_authentication());
  pair.server->edit_config().peer_authentication = PeerAuthentication::request;
  pair.server->edit_config().request_certificate_once = true;
  ask();
  EXPECT_TRUE(peer_known());
  EXPECT_FALSE(pair.server->request_late_authentication());
}

TEST_F(LateRequestTest, NothingFollowsOurCloseNotify) {
  establish();
  ASSERT_TRUE(pair.server->request_late_authentication());
  pair.server->close_state().want_close_notify();
  ASSERT_TRUE(pair.server->advance());
  EXPECT_EQ(code(pair.server->late_request()), code(LateRequestState::possible));
  EXPECT_FALSE(pair.server->request_late_authentication());
}

TEST_F(LateRequestTest, Tls12AsksInTheHandshakeAllTheSame) {
  pair.server_config->max_version = ProtocolVersion::tls1_2;
  pair.restart();
  ASSERT_TRUE(pair.handshake());
  EXPECT_TRUE(peer_known());
  EXPECT_FALSE(pair.server->request_late_authentication());
}

TEST_F(LateRequestTest, DataAndNewKeysMayComeBeforeTheAnswer) {
  establish();
  ASSERT_TRUE(pair.client->request_key_update(KeyUpdateRequest::update_requested));
  ASSERT_TRUE(pair.server->request_late_authentication());
  pair.write_all(*pair.client, as_bytes("before"));
  EXPECT_EQ(as_text(pair.read_all(*pair.server)), "before");
  pair.handshake();
  EXPECT_TRUE(peer_known());
  pair.expect_data_flows();
}

// A server under test, and a client whose answer a test makes up.
class LateAnswerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    duel.victim_config->peer_authentication = PeerAuthentication::required;
    duel.victim_config->late_request_only = true;
    duel.victim_config->num_tickets = 0;
    duel.peer_config->post_handshake_auth = true;
    duel.peer_hooks.credentials[KeyKind::ecdsa] = &test_credential(KeyKind::ecdsa);
    ASSERT_TRUE(duel.run());
  }

  // Sends the request and lets the client read it.
  void ask() {
    ASSERT_TRUE(duel.victim->request_late_authentication());
    ASSERT_TRUE(duel.victim->advance());
    RecordReader& reader = duel.peer_channel.reader();
    while (!duel.victim->output().empty()) {
      const MutableBytes space = reader.space();
      const ByteView output = duel.victim->output();
      const std::size_t size = std::min(space.size(), output.size());
      copy_bytes(space.data(), output.first(size));
      reader.received(size);
      duel.victim->output_sent(size);
      const Result<Incoming> incoming = duel.peer_channel.next_message(request);
      ASSERT_TRUE(incoming);
    }
    ASSERT_EQ(code(request.type), code(HandshakeType::certificate_request));
    late.emplace(duel.channel, *duel.algorithms, duel.peer_config, duel.peer_hook_table,
                 duel.peer_facts, duel.peer_session, duel.peer_stages, duel.peer->transcript());
    ASSERT_TRUE(late->read_request(request));
  }
  // Sends the client's answer, as the deviation leaves it.
  void answer() {
    const HashSecret& secret = duel.peer->outcome().secrets.client_traffic;
    ASSERT_TRUE(late->answer(secret.view()));
    ASSERT_TRUE(duel.peer_channel.flush_flight());
    duel.deliver_to_victim();
  }
  void expect_answer_refused(AlertDescription alert, Reason reason) {
    expect_died(duel, alert, reason);
    const Ref<PeerCertificates>& peer = duel.victim->negotiated().peer;
    EXPECT_TRUE(!peer || peer->empty());
  }
  void change_last_byte_of(HandshakeType type) {
    duel.deviate([type](Outgoing& out) {
      if (out.type == type) out.message.back() ^= 1U;
    });
  }

  Duel duel{Role::server};
  HandshakeMessage request;
  std::optional<LateAuthentication> late;
};

TEST_F(LateAnswerTest, TheHonestOneIsTaken) {
  ask();
  answer();
  EXPECT_FALSE(duel.error);
  ASSERT_TRUE(duel.victim->negotiated().peer);
  EXPECT_FALSE(duel.victim->negotiated().peer->empty());
}

TEST_F(LateAnswerTest, TheContextIsThatOfTheRequest) {
  ask();
  duel.deviate([](Outgoing& out) {
    if (out.type == HandshakeType::certificate) out.message[kHandshakeHeaderSize + 1] ^= 1U;
  });
  answer();
  expect_answer_refused(AlertDescription::illegal_parameter, Reason::invalid_context);
}

TEST_F(LateAnswerTest, TheSignatureIsChecked) {
  ask();
  duel.peer_hooks.edit_signed = [](Bytes& content) { content.back() ^= 1U; };
  answer();
  expect_answer_refused(AlertDescription::decrypt_error, Reason::bad_signature);
}

TEST_F(LateAnswerTest, FinishedIsChecked) {
  ask();
  change_last_byte_of(HandshakeType::finished);
  answer();
  expect_answer_refused(AlertDescription::decrypt_error, Reason::digest_check_failed);
}

TEST_F(LateAnswerTest, TheCertificateComesFirst) {
  ask();
  duel.deviate([](Outgoing& out) { out.drop = out.type == HandshakeType::certificate; });
  answer();
  expect_answer_refused(AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST_F(LateAnswerTest, TheSignatureIsNotLeftOut) {
  ask();
  duel.deviate([](Outgoing& out) { out.drop = out.type == HandshakeType::certificate_verify; });
  answer();
  expect_answer_refused(AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST_F(LateAnswerTest, NobodyAnswersWhatWasNotAsked) {
  Bytes out;
  MessageBuilder message(out, HandshakeType::certificate);
  message.body().u8(0);
  message.body().zeros(3);
  ASSERT_TRUE(message.finish());
  ASSERT_TRUE(duel.peer_channel.send(out));
  ASSERT_TRUE(duel.peer_channel.flush_flight());
  duel.deliver_to_victim();
  expect_answer_refused(AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST_F(LateAnswerTest, NothingComesBetweenItsMessages) {
  ask();
  duel.deviate([this](Outgoing& out) {
    if (out.type != HandshakeType::certificate_verify) return;
    ASSERT_TRUE(duel.peer_channel.flush_flight());
    ASSERT_TRUE(duel.peer_channel.write_data(as_bytes("in between")));
  });
  answer();
  expect_answer_refused(AlertDescription::unexpected_message, Reason::unexpected_record);
}

TEST_F(LateAnswerTest, NoKeyUpdateEither) {
  ask();
  duel.deviate([](Outgoing& out) {
    if (out.type != HandshakeType::finished) return;
    ASSERT_TRUE(send_key_update(out.channel, KeyUpdateRequest::update_not_requested));
  });
  answer();
  expect_answer_refused(AlertDescription::unexpected_message, Reason::unexpected_message);
}

}  // namespace
}  // namespace ciao::tls::testing
