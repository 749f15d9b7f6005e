#include "session/session_der.h"

#include <gtest/gtest.h>

#include <random>

namespace ciao::tls {
namespace {

Bytes from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  }
  return bytes;
}

// i2d_SSL_SESSION of OpenSSL 3.0.19: a session set up by hand, and a TLS 1.3 client's with ticket
// and peer certificate.
constexpr std::string_view kByHand =
    "305d02010102020304040213010405494431323304086162636465666768a104020203e8a20402020130a40504"
    "03435458a503020101a6060404686f7374af07020500ffffffffb00404026832b104020200ffb2050403415050"
    "b303020100";
constexpr std::string_view kClient =
    "308202e302010102020304040213020420018d7e1e986511021880b4dcbadedb5f000ba4fe31906c8e05d3b849"
    "3d1de01604303248f9a3ace1498231a045ef4d9587261046d56ff8f31f7986d772414b51dbc619f0c22026ace9"
    "b6c563f309bbec3044a10602046b0325a4a20402021c20a38201803082017c30820123a003020102021455b900"
    "35cc1f824c79ed2ad0a412e89568a167e1300a06082a8648ce3d04030230143112301006035504030c096c6f63"
    "616c686f7374301e170d3236313132323137313435385a170d3335303230383137313435385a30143112301006"
    "035504030c096c6f63616c686f73743059301306072a8648ce3d020106082a8648ce3d030107034200047b2d12"
    "40639f6c170f8f3415a702bf0a34370ed5cb7a6f9e8082f9a3072ae4e5398586c74b688c2655d4cefff256b7e7"
    "41067c1a77865b2e9173ad91c9d68fc6a3533051301d0603551d0e041604145f4726f5fee5e472524c2fe23e2b"
    "882103798a9f301f0603551d230418301680145f4726f5fee5e472524c2fe23e2b882103798a9f300f0603551d"
    "130101ff040530030101ff300a06082a8648ce3d040302034700304402202fd728e44243b5ce251da0b13cf6cd"
    "b1bf67b5aa6a02824d93edefac457e9fdb02200ed54455e61376ee1129c1dc736249c4e3190acf7111fd3d74b8"
    "396dd6738fc4a4020400a503020112a90402021c20aa81d30481d08e2d1b35db6daecb5cc12a2cb3c418696be9"
    "dd3e2c2247e2f619bf4321bca20ceb974d585c3f949a0b29c469a18f9ac272b79c791419318c985b64ba6a0027"
    "f02aadf6759004e1a5a0a029a19b8b5e0a884ba0246658226bc937b0446bfbae36df3a221929ebb5b367cf1afe"
    "45f26e6652c2153ccb3e2ee45c35631dac7e0a21397cc4399f54444bf54d7d547b5204b5b1faa52871d9260140"
    "dbe371d89f18c461c5007c50e5e15fa08b2550195ea6406e4463d0c0556b565c3509fd50054f09518000ac5c70"
    "ba7fbd1fa1ad668f5558ae0602040b972c03b30302011d";

TEST(SessionDer, ReadsWhatOpensslWrote) {
  Session session;
  const Bytes bytes = from_hex(kByHand);
  const Result<std::size_t> size = decode_session(session, bytes, nullptr);
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, bytes.size());
  EXPECT_EQ(session.version, ProtocolVersion::tls1_3);
  EXPECT_EQ(session.suite, 0x1301);
  EXPECT_EQ(as_text(session.id.view()), "ID123");
  EXPECT_EQ(as_text(session.secret.view()), "abcdefgh");
  EXPECT_EQ(as_text(session.id_context.view()), "CTX");
  EXPECT_EQ(session.time, 1000);
  EXPECT_EQ(session.timeout, 304);
  EXPECT_EQ(session.verify_result, 1);
  EXPECT_EQ(session.host_name, "host");
  EXPECT_EQ(session.max_early_data, 0xffffffffu);
  EXPECT_EQ(as_text(session.alpn), "h2");
  EXPECT_EQ(session.max_fragment_length, 255);
  EXPECT_EQ(as_text(session.ticket_appdata), "APP");
  EXPECT_EQ(session.group, NamedGroup::none);
}

TEST(SessionDer, WritesWhatOpensslWrites) {
  for (const std::string_view text : {kByHand, kClient}) {
    Session session;
    const Bytes bytes = from_hex(text);
    ASSERT_TRUE(decode_session(session, bytes, nullptr));
    EXPECT_EQ(*encode_session(session), bytes);
  }
}

TEST(SessionDer, ReadsAClientsSession) {
  Session session;
  const Bytes bytes = from_hex(kClient);
  ASSERT_TRUE(decode_session(session, bytes, nullptr));
  EXPECT_EQ(session.suite, 0x1302);
  EXPECT_EQ(session.secret.view().size(), 48u);
  EXPECT_EQ(session.ticket.size(), 208u);
  EXPECT_EQ(session.ticket_lifetime_hint, 7200u);
  EXPECT_NE(session.ticket_age_add, 0u);
  EXPECT_EQ(session.group, NamedGroup::x25519);
  ASSERT_TRUE(session.peer);
  EXPECT_NE(session.peer->leaf_key(), nullptr);
}

TEST(SessionDer, StopsAtTheEnd) {
  Bytes bytes = from_hex(kByHand);
  const std::size_t size = bytes.size();
  bytes.push_back(7);
  Session session;
  EXPECT_EQ(*decode_session(session, bytes, nullptr), size);
}

// In a bit of the flags that OpenSSL does not use.
TEST(SessionDer, KeepsThatAKeySaidWhoTheClientIs) {
  for (const bool extended : {false, true}) {
    for (const bool external : {false, true}) {
      Session session;
      session.version = ProtocolVersion::tls1_3;
      session.extended_master_secret = extended;
      session.from_external_psk = external;
      Session back;
      ASSERT_TRUE(decode_session(back, *encode_session(session), nullptr));
      EXPECT_EQ(back.extended_master_secret, extended);
      EXPECT_EQ(back.from_external_psk, external);
    }
  }
}

TEST(SessionDer, MissingTimesAreSupplied) {
  Session session;
  ASSERT_TRUE(decode_session(session, from_hex("300f020101020203040402130104000400"), nullptr));
  EXPECT_GT(session.time, 1'700'000'000);
  EXPECT_EQ(session.timeout, 3);
}

struct Refusal {
  std::string_view text;
  Reason reason;
};

TEST(SessionDer, Refusals) {
  const Refusal refusals[] = {
      {"", Reason::asn1_lib},
      {"3000", Reason::asn1_lib},
      {"310f020101020203040402130104000400", Reason::asn1_lib},
      {"300f020102020203040402130104000400", Reason::unknown_ssl_version},
      {"300f020101020205040402130104000400", Reason::unsupported_ssl_version},
      {"3010020101020203040403001301"
       "04000400",
       Reason::cipher_code_wrong_length},
      {"300e0201010202030404011304000400", Reason::cipher_code_wrong_length},
      // a verify result beyond 32 bits, a lifetime below zero, an empty explicit tag
      {"3018020101020203040402130104000400a5070205"
       "0100000000",
       Reason::asn1_lib},
      {"3014020101020203040402130104000400a9030201ff", Reason::asn1_lib},
      {"3011020101020203040402130104000400a100", Reason::asn1_lib},
      // fields in the wrong order; one that nobody knows; two integers in one tag
      {"3019020101020203040402130104000400a203020101a103020101", Reason::asn1_lib},
      {"3014020101020203040402130104000400b403020101", Reason::asn1_lib},
      {"3017020101020203040402130104000400a106020101020101", Reason::asn1_lib},
      // a host name with a zero inside; a peer that is no certificate
      {"3016020101020203040402130104000400a6050403610062", Reason::asn1_lib},
      {"3013020101020203040402130104000400a3023000", Reason::asn1_lib},
  };
  for (const Refusal& refusal : refusals) {
    Session session;
    const Result<std::size_t> size = decode_session(session, from_hex(refusal.text), nullptr);
    ASSERT_FALSE(size) << refusal.text;
    EXPECT_EQ(size.error().reason, refusal.reason) << refusal.text;
  }
}

TEST(SessionDer, FieldsHaveTheirLimits) {
  Session session;
  session.version = ProtocolVersion::tls1_3;
  session.suite = 0x1301;
  session.secret = SecretBytes(kMaxSessionSecretSize);
  Session back;
  EXPECT_TRUE(decode_session(back, *encode_session(session), nullptr));
  session.secret = SecretBytes(kMaxSessionSecretSize + 1);
  EXPECT_FALSE(decode_session(back, *encode_session(session), nullptr));
  const std::string head = "0201010202030404021301";
  const std::string id33 = "0421" + std::string(66, '0') + "0400";
  EXPECT_FALSE(decode_session(back, from_hex("3030" + head + id33), nullptr));
  const std::string context33 = "04000400a4230421" + std::string(66, '0');
  EXPECT_FALSE(decode_session(back, from_hex("3034" + head + context33), nullptr));
}

TEST(SessionDer, EveryPrefixAndMutationIsSafe) {
  const Bytes bytes = from_hex(kClient);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Session session;
    EXPECT_FALSE(decode_session(session, ByteView(bytes).first(size), nullptr));
  }
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    Bytes changed = bytes;
    const unsigned count = 1 + random() % 4;
    for (unsigned n = 0; n < count; ++n) {
      changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
    }
    Session session;
    const Result<std::size_t> size = decode_session(session, changed, nullptr);
    // What is read can be written: nothing but plain values was stored.
    EXPECT_TRUE(!size || encode_session(session));
  }
}

}  // namespace
}  // namespace ciao::tls
