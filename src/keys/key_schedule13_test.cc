#include "keys/key_schedule13.h"

#include <gtest/gtest.h>

#include <string>

#include "keys/transcript.h"

namespace ciao::tls {
namespace {

Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string hex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

// The simple 1-RTT handshake of RFC 8448 §3, and what §4 makes of it. The whole traces, records and
// all, are in tests/engine/rfc8448_test.cc.
const char kShared[] = "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";
const char kHashToServerHello[] =
    "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8";
const char kHashToServerFinished[] =
    "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13";
const char kHashToClientFinished[] =
    "209145a96ee8e2a122ff810047cc952684658d6049e86429426db87c54ad143d";
const char kServerHandshakeTraffic[] =
    "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38";
const char kResumptionMaster[] = "7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c";
const char kPsk[] = "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3";

class KeySchedule13 : public ::testing::Test {
 protected:
  HandshakeSecrets handshake_secrets() const {
    EarlySecrets early = *EarlySecrets::create(algorithms, HashId::sha256, {});
    return *std::move(early).handshake(algorithms, from_hex(kShared));
  }
  MasterSecrets master_secrets() const { return *handshake_secrets().master(algorithms); }

  Algorithms algorithms{nullptr, nullptr};
  const Suite& suite = *find_suite13(0x1301);
};

TEST_F(KeySchedule13, HandshakeTrafficSecrets) {
  const HandshakeTraffic traffic =
      *handshake_secrets().traffic(algorithms, from_hex(kHashToServerHello));
  EXPECT_EQ(hex(traffic.client.view()),
            "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
  EXPECT_EQ(hex(traffic.server.view()), kServerHandshakeTraffic);
}

TEST_F(KeySchedule13, ApplicationSecrets) {
  const ApplicationSecrets secrets =
      *master_secrets().application(algorithms, from_hex(kHashToServerFinished));
  EXPECT_EQ(hex(secrets.client_traffic.view()),
            "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
  EXPECT_EQ(hex(secrets.server_traffic.view()),
            "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
  EXPECT_EQ(hex(secrets.exporter_master.view()),
            "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50");
}

TEST_F(KeySchedule13, ResumptionMasterSecretAndTheTicketsPsk) {
  const HashSecret resumption =
      *master_secrets().resumption(algorithms, from_hex(kHashToClientFinished));
  EXPECT_EQ(hex(resumption.view()), kResumptionMaster);
  EXPECT_EQ(hex(ticket_psk(algorithms, HashId::sha256, resumption.view(), Bytes{0, 0})->view()),
            kPsk);
}

TEST_F(KeySchedule13, TrafficKeys) {
  const TrafficKeys keys = *traffic_keys(algorithms, suite, from_hex(kServerHandshakeTraffic));
  EXPECT_EQ(hex(keys.key.view()), "3fce516009c21727d0f2e4e86ee403bc");
  EXPECT_EQ(hex(keys.iv.view()), "5d313eb2671276ee13000b30");
}

TEST_F(KeySchedule13, TheBinderOfAResumedSession) {
  const EarlySecrets early = *EarlySecrets::create(algorithms, HashId::sha256, from_hex(kPsk));
  const Bytes truncated_hello_hash =
      from_hex("63224b2e4573f2d3454ca84b9d009a04f6be9e05711a8396473aefa01e924a14");
  EXPECT_EQ(hex(early.binder(algorithms, PskOrigin::ticket, truncated_hello_hash)->view()),
            "3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d");
}

// No RFC has one: computed apart from this library, with HKDF written out in Python's hmac.
TEST_F(KeySchedule13, TheBinderOfAKeyFromElsewhere) {
  const EarlySecrets early = *EarlySecrets::create(algorithms, HashId::sha256, from_hex(kPsk));
  const Bytes transcript =
      from_hex("63224b2e4573f2d3454ca84b9d009a04f6be9e05711a8396473aefa01e924a14");
  EXPECT_EQ(hex(early.binder(algorithms, PskOrigin::external, transcript)->view()),
            "2c43f20dd8a457f0a212dd9cd6fc13a201824436df3682166133bb1c1d3665c3");
}

// RFC 8446 §7.1: "If a given secret is not available, then the 0-value consisting of a string of
// Hash.length bytes set to zeros is used."
TEST_F(KeySchedule13, WithoutAPskZerosTakeItsPlace) {
  for (const HashId hash : {HashId::sha256, HashId::sha384}) {
    const Bytes transcript(hash_size(hash), 1);
    const EarlySecrets none = *EarlySecrets::create(algorithms, hash, {});
    const EarlySecrets zeros = *EarlySecrets::create(algorithms, hash, Bytes(hash_size(hash)));
    const EarlySecrets longer = *EarlySecrets::create(algorithms, hash, Bytes(hash_size(hash), 1));
    const auto binder_of = [&](const EarlySecrets& secrets) {
      return *secrets.binder(algorithms, PskOrigin::ticket, transcript);
    };
    const HashSecret binder = binder_of(none);
    EXPECT_EQ(binder.size(), hash_size(hash));
    EXPECT_TRUE(equal(binder.view(), binder_of(zeros).view()));
    EXPECT_FALSE(equal(binder.view(), binder_of(longer).view()));
  }
}

TEST_F(KeySchedule13, EachTrafficSecretFollowsFromTheOneBefore) {
  const HashSecret next =
      *next_traffic_secret(algorithms, HashId::sha256, from_hex(kServerHandshakeTraffic));
  HashSecret expected;
  ASSERT_TRUE(hkdf_expand_label(algorithms, HashId::sha256, from_hex(kServerHandshakeTraffic),
                                "traffic upd", {}, expected.resize(32)));
  EXPECT_TRUE(equal(next.view(), expected.view()));
  EXPECT_NE(hex(next.view()), kServerHandshakeTraffic);
}

TEST_F(KeySchedule13, ExportedMaterialDependsOnLabelContextAndSecret) {
  const auto exported = [&](const char* secret, const char* label, ByteView context) {
    Bytes out(40);
    EXPECT_TRUE(
        export_keying_material(algorithms, HashId::sha256, from_hex(secret), label, context, out));
    return hex(out);
  };
  const std::string one = exported(kPsk, "label", {});
  EXPECT_EQ(one, exported(kPsk, "label", {}));
  EXPECT_NE(one, exported(kPsk, "label2", {}));
  EXPECT_NE(one, exported(kPsk, "label", Bytes{0}));
  EXPECT_NE(one, exported(kResumptionMaster, "label", {}));
}

TEST_F(KeySchedule13, LongLabelsAndContextsAreRefused) {
  Bytes out(32);
  const Bytes secret(32, 1);
  const std::string label(250, 'x');
  EXPECT_FALSE(hkdf_expand_label(algorithms, HashId::sha256, secret, label, {}, out));
  EXPECT_TRUE(hkdf_expand_label(algorithms, HashId::sha256, secret, label.substr(1), {}, out));
  EXPECT_FALSE(hkdf_expand_label(algorithms, HashId::sha256, secret, "x", Bytes(256), out));
  Bytes too_long(255 * 32 + 1);
  EXPECT_FALSE(hkdf_expand_label(algorithms, HashId::sha256, secret, "x", {}, too_long));
  EXPECT_TRUE(hkdf_expand_label(algorithms, HashId::sha256, secret, "x", {},
                                MutableBytes(too_long).first(255 * 32)));
}

TEST_F(KeySchedule13, TheTranscriptHashesWhatCameBeforeItsHashWasKnown) {
  Transcript transcript;
  transcript.add(as_bytes("one"));
  EXPECT_FALSE(transcript.hash());
  EXPECT_TRUE(equal(transcript.hash_with(algorithms, HashId::sha384, as_bytes("two"))->view(),
                    hash_of(algorithms, HashId::sha384, {as_bytes("onetwo")})->view()));
  ASSERT_TRUE(transcript.start(algorithms, HashId::sha256));
  EXPECT_TRUE(transcript.start(algorithms, HashId::sha256));
  EXPECT_FALSE(transcript.start(algorithms, HashId::sha384));
  transcript.add(as_bytes("two"));
  const Digest both = *hash_of(algorithms, HashId::sha256, {as_bytes("onetwo")});
  EXPECT_TRUE(equal(transcript.hash()->view(), both.view()));
  ASSERT_TRUE(transcript.replace_with_message_hash(algorithms));
  const Bytes header = {254, 0, 0, 32};
  EXPECT_TRUE(equal(transcript.hash()->view(),
                    hash_of(algorithms, HashId::sha256, {header, both.view()})->view()));
}

}  // namespace
}  // namespace ciao::tls
