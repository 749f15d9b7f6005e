// What a client refuses in a ServerHello of TLS 1.2, and a server in the ClientHello that it
// answers with TLS 1.2; and TLS 1.2's extensions in a handshake of TLS 1.3.
#include <algorithm>

#include "engine/hello_editing.h"
#include "messages/server_hello.h"

namespace ciao::tls::testing {
namespace {

using T = HandshakeType;
using X = ExtensionType;
using A = AlertDescription;

struct Case {
  const char* name;
  Edit edit;
  AlertDescription alert;
  Reason reason;
};
void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

void add(EditableHello& hello, ExtensionType type, Bytes content = {}) {
  hello.extensions.insert(hello.extensions.begin(), {type, std::move(content)});
}
void replace(EditableHello& hello, ExtensionType type, Bytes content) {
  hello.remove(type);
  add(hello, type, std::move(content));
}
void set_suite(EditableHello& hello, unsigned id) {
  hello.head[hello.head.size() - 3] = static_cast<std::uint8_t>(id >> 8);
  hello.head[hello.head.size() - 2] = static_cast<std::uint8_t>(id);
}
constexpr std::size_t kRandomEnd = 2 + kRandomSize;

const Bytes kShare = [] {
  Bytes share = {0, 29, 0, 32};
  share.resize(36, 9);
  return share;
}();

// --- ServerHello ---

const Case kServerHello[] = {
    {"older_version", [](EditableHello& h) { h.head[1] = 2; }, A::protocol_version,
     Reason::unsupported_protocol},
    {"newer_legacy_version", [](EditableHello& h) { h.head[1] = 4; }, A::protocol_version,
     Reason::unsupported_protocol},
    {"unknown_suite", [](EditableHello& h) { set_suite(h, 0xfefe); }, A::illegal_parameter,
     Reason::unknown_cipher_returned},
    {"suite_not_offered", [](EditableHello& h) { set_suite(h, 0xc02c); }, A::illegal_parameter,
     Reason::wrong_cipher_returned},
    {"suite_of_tls13", [](EditableHello& h) { set_suite(h, 0x1301); }, A::illegal_parameter,
     Reason::wrong_cipher_returned},
    {"signalling_suite", [](EditableHello& h) { set_suite(h, 0x00ff); }, A::illegal_parameter,
     Reason::unknown_cipher_returned},
    {"compression", [](EditableHello& h) { h.head.back() = 1; }, A::illegal_parameter,
     Reason::compression_disabled},
    {"session_id_too_long",
     [](EditableHello& h) {
       const Bytes id(33, 1);
       h.head.resize(kRandomEnd);
       h.head.push_back(33);
       h.head.insert(h.head.end(), id.begin(), id.end());
       h.head.insert(h.head.end(), {0xc0, 0x2b, 0});
     },
     A::decode_error, Reason::ssl3_session_id_too_long},
    {"extension_nobody_asked_for",
     [](EditableHello& h) {
       add(h, X::application_layer_protocol_negotiation, {0, 3, 2, 'h', '2'});
     },
     A::unsupported_extension, Reason::unsolicited_extension},
    {"staple_nobody_asked_for", [](EditableHello& h) { add(h, X::status_request); },
     A::unsupported_extension, Reason::unsolicited_extension},
    {"name_nobody_asked_for", [](EditableHello& h) { add(h, X::server_name); },
     A::unsupported_extension, Reason::unsolicited_extension},
    {"unknown_extension", [](EditableHello& h) { add(h, static_cast<ExtensionType>(0xfafa)); },
     A::unsupported_extension, Reason::unsolicited_extension},
    {"doubled_extension", [](EditableHello& h) { h.extensions.push_back(h.extensions.front()); },
     A::illegal_parameter, Reason::bad_extension},
    {"signature_algorithms",
     [](EditableHello& h) { add(h, X::signature_algorithms, {0, 2, 4, 3}); }, A::illegal_parameter,
     Reason::bad_extension},
    {"extended_master_secret_with_content",
     [](EditableHello& h) { replace(h, X::extended_master_secret, {0}); }, A::decode_error,
     Reason::bad_extension},
    {"encrypt_then_mac_with_content", [](EditableHello& h) { add(h, X::encrypt_then_mac, {0}); },
     A::decode_error, Reason::bad_extension},
    {"session_ticket_with_content", [](EditableHello& h) { replace(h, X::session_ticket, {0}); },
     A::decode_error, Reason::bad_extension},
    {"point_formats_without_uncompressed",
     [](EditableHello& h) { replace(h, X::ec_point_formats, {1, 1}); }, A::illegal_parameter,
     Reason::tls_invalid_ecpointformat_list},
    {"point_formats_empty", [](EditableHello& h) { replace(h, X::ec_point_formats, {0}); },
     A::decode_error, Reason::bad_extension},
    // RFC 5746 §3.4
    {"no_renegotiation_info", [](EditableHello& h) { h.remove(X::renegotiation_info); },
     A::handshake_failure, Reason::unsafe_legacy_renegotiation_disabled},
    {"renegotiation_info_not_empty",
     [](EditableHello& h) { replace(h, X::renegotiation_info, {1, 5}); }, A::handshake_failure,
     Reason::renegotiation_mismatch},
    {"renegotiation_info_of_a_finished",
     [](EditableHello& h) { replace(h, X::renegotiation_info, Bytes(13, 12)); },
     A::handshake_failure, Reason::renegotiation_mismatch},
    {"renegotiation_info_short",
     [](EditableHello& h) { replace(h, X::renegotiation_info, {2, 5}); }, A::decode_error,
     Reason::renegotiation_encoding_err},
    {"renegotiation_info_long", [](EditableHello& h) { replace(h, X::renegotiation_info, {0, 5}); },
     A::decode_error, Reason::renegotiation_encoding_err},
    {"renegotiation_info_without_content",
     [](EditableHello& h) { replace(h, X::renegotiation_info, {}); }, A::decode_error,
     Reason::renegotiation_encoding_err},
};

class ServerHello12 : public ::testing::TestWithParam<Case> {};
TEST_P(ServerHello12, Refused) {
  Duel duel(Role::client);
  duel.speak_tls12();
  duel.deviate(edit_hello(T::server_hello, 0, GetParam().edit));
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Client, ServerHello12, ::testing::ValuesIn(kServerHello),
                         [](const auto& test) { return test.param.name; });

// A client that had offered TLS 1.3, too, and is answered with TLS 1.2.
struct DuelOfBoth : Duel {
  DuelOfBoth() : Duel(Role::client) {
    speak_tls12();
    victim_config->max_version = ProtocolVersion::unset;
  }
};

void set_sentinel(EditableHello& hello, const std::uint8_t (&value)[8]) {
  std::copy_n(value, 8, hello.head.begin() + kRandomEnd - 8);
}

const Case kServerHelloToBoth[] = {
    {"version_extension_says_tls12",
     [](EditableHello& h) { add(h, X::supported_versions, {3, 3}); }, A::illegal_parameter,
     Reason::bad_protocol_version_number},
    {"version_extension_says_tls11",
     [](EditableHello& h) { add(h, X::supported_versions, {3, 2}); }, A::illegal_parameter,
     Reason::bad_protocol_version_number},
    {"key_share", [](EditableHello& h) { add(h, X::key_share, kShare); }, A::illegal_parameter,
     Reason::bad_extension},
    {"psk_modes", [](EditableHello& h) { add(h, X::psk_key_exchange_modes, {1, 1}); },
     A::illegal_parameter, Reason::bad_extension},
    {"pre_shared_key", [](EditableHello& h) { add(h, X::pre_shared_key, {0, 0}); },
     A::unsupported_extension, Reason::unsolicited_extension},
    {"early_data", [](EditableHello& h) { add(h, X::early_data); }, A::unsupported_extension,
     Reason::unsolicited_extension},
    {"cookie", [](EditableHello& h) { add(h, X::cookie, {0, 1, 1}); }, A::unsupported_extension,
     Reason::unsolicited_extension},
    // RFC 8446 §4.1.3
    {"downgraded_from_tls13", [](EditableHello& h) { set_sentinel(h, kDowngradeToTls12); },
     A::illegal_parameter, Reason::inappropriate_fallback},
    {"downgraded_from_tls12", [](EditableHello& h) { set_sentinel(h, kDowngradeToTls11); },
     A::illegal_parameter, Reason::inappropriate_fallback},
};
class ServerHello12ToBoth : public ::testing::TestWithParam<Case> {};
TEST_P(ServerHello12ToBoth, Refused) {
  DuelOfBoth duel;
  duel.deviate(edit_hello(T::server_hello, 0, GetParam().edit));
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Client, ServerHello12ToBoth, ::testing::ValuesIn(kServerHelloToBoth),
                         [](const auto& test) { return test.param.name; });

TEST(HelloRefusals12, NothingIsRefusedWithoutADeviation) {
  DuelOfBoth duel;
  EXPECT_TRUE(duel.run());
  EXPECT_EQ(duel.victim->negotiated().version, ProtocolVersion::tls1_2);
}

// A real server of both versions that was made to answer with TLS 1.2 marks its random.
TEST(HelloRefusals12, AServersOwnSentinelIsSeen) {
  DuelOfBoth duel;
  duel.peer_config->max_version = ProtocolVersion::unset;
  duel.peer_config->options |= option::kNoTls13;
  EXPECT_TRUE(duel.run());
  DuelOfBoth marked;
  marked.peer_config->max_version = ProtocolVersion::unset;
  // Somebody on the path takes TLS 1.3 out of the ClientHello: here the server is told so.
  marked.victim_config->options |= option::kNoTls13;
  EXPECT_TRUE(marked.run());
  const auto& random = marked.victim->negotiated().server_random;
  EXPECT_TRUE(std::equal(random.end() - 8, random.end(), kDowngradeToTls12));
}

// Puts the client's legacy_session_id into a ServerHello.
void echo_session_id(const DeviatingChannel& channel, EditableHello& hello) {
  const ByteView id =
      ByteView(channel.client_hello).subspan(kHandshakeHeaderSize + kRandomEnd + 1, 32);
  hello.head.resize(kRandomEnd);
  hello.head.push_back(32);
  hello.head.insert(hello.head.end(), id.begin(), id.end());
  hello.head.insert(hello.head.end(), {0xc0, 0x2b, 0});
}

// The legacy_session_id of a client that has no session stands for nothing (RFC 8446 §D.4): who
// echoes it resumes what cannot be.
TEST(HelloRefusals12, SessionIdThatIsNoneEchoed) {
  DuelOfBoth duel;
  duel.deviate(edit_hello(T::server_hello, 0,
                          [&](EditableHello& hello) { echo_session_id(duel.channel, hello); }));
  expect_refused(duel, A::illegal_parameter, Reason::invalid_session_id);
}

// RFC 8446 §4.1.2: a ticket of TLS 1.3 is not what a server of TLS 1.2 can have recognized by the
// session id beside it.
TEST(HelloRefusals12, SessionIdBesideATicketOfTls13Echoed) {
  Pair first;
  ASSERT_TRUE(first.handshake());
  DuelOfBoth duel;
  duel.victim_session = first.client_hooks.added.back();
  duel.victim_session->id_context.assign(as_bytes("duel"));
  duel.deviate(edit_hello(T::server_hello, 0,
                          [&](EditableHello& hello) { echo_session_id(duel.channel, hello); }));
  expect_refused(duel, A::illegal_parameter, Reason::ssl_session_version_mismatch);
}

// A client whose configuration leaves no version has nothing to send.
TEST(HelloRefusals12, NoVersionIsLeft) {
  Pair pair;
  pair.client_config->options |= option::kNoTls12 | option::kNoTls13;
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.client_error);
  EXPECT_EQ(code(pair.client_error->reason), code(Reason::no_protocols_available));
  EXPECT_EQ(code(pair.client_error->alert), code(A::protocol_version));
  EXPECT_TRUE(pair.client->output().empty());
}

// Connecting to a server without renegotiation_info is the application's choice.
TEST(HelloRefusals12, UnsafeServerIsToleratedWhenAskedFor) {
  Duel duel(Role::client);
  duel.speak_tls12();
  duel.victim_config->options |= option::kLegacyServerConnect;
  duel.deviate(
      edit_hello(T::server_hello, 0, [](EditableHello& h) { h.remove(X::renegotiation_info); }));
  // The peer hashed the message as it was: the hellos were taken, Finished is wrong.
  EXPECT_FALSE(duel.run());
  EXPECT_TRUE(duel.peer_failed);
  EXPECT_FALSE(duel.error && duel.error->on_wire == OnWire::send_alert);
}

// RFC 7366 §3: encrypt-then-MAC says nothing about an AEAD; OpenSSL's clients overlook it.
TEST(HelloRefusals12, EncryptThenMacWithAnAeadChangesNothing) {
  Duel duel(Role::client);
  duel.speak_tls12();
  duel.deviate(
      edit_hello(T::server_hello, 0, [](EditableHello& h) { add(h, X::encrypt_then_mac); }));
  EXPECT_FALSE(duel.run());
  EXPECT_TRUE(duel.peer_failed);
  EXPECT_FALSE(duel.victim->negotiated().encrypt_then_mac);
  EXPECT_FALSE(duel.error && duel.error->on_wire == OnWire::send_alert);
}

TEST(HelloRefusals12, CertificateOfAnotherKindThanTheSuite) {
  constexpr std::uint16_t kRsaGcm = 0xc02f;
  for (const bool ecdsa_suite : {false, true}) {
    Duel duel(Role::client);
    duel.speak_tls12(ecdsa_suite ? kRsaGcm : Duel::kEcdsaGcm);
    duel.victim_config->suites12 = {Duel::kEcdsaGcm, kRsaGcm};
    duel.deviate(edit_hello(T::server_hello, 0, [ecdsa_suite](EditableHello& h) {
      set_suite(h, ecdsa_suite ? Duel::kEcdsaGcm : kRsaGcm);
    }));
    expect_refused(duel, A::illegal_parameter, Reason::wrong_certificate_type);
  }
}

// --- TLS 1.2's extensions in a handshake of TLS 1.3 (RFC 8446 §4.2) ---

const std::pair<ExtensionType, Bytes> kOldExtensions[] = {{X::extended_master_secret, {}},
                                                          {X::encrypt_then_mac, {}},
                                                          {X::renegotiation_info, {0}},
                                                          {X::session_ticket, {}},
                                                          {X::ec_point_formats, {1, 0}}};

struct Duel13OfBoth : Duel {
  Duel13OfBoth() : Duel(Role::client) {
    victim_config->min_version = ProtocolVersion::tls1_2;
    victim_config->suites12 = {kEcdsaGcm};
  }
};

TEST(OldExtensions13, AreRefusedInServerHello) {
  for (const auto& [type, content] : kOldExtensions) {
    SCOPED_TRACE(int{code(type)});
    Duel13OfBoth duel;
    duel.deviate(edit_hello(T::server_hello, 0, [type = type, content = content](EditableHello& h) {
      add(h, type, content);
    }));
    expect_refused(duel, A::illegal_parameter, Reason::bad_extension);
  }
}

TEST(OldExtensions13, AreRefusedInAHelloRetryRequest) {
  for (const auto& [type, content] : kOldExtensions) {
    SCOPED_TRACE(int{code(type)});
    Duel13OfBoth duel;
    duel.peer_config->groups = {NamedGroup::secp384r1};
    duel.deviate(edit_hello(T::server_hello, 0, [type = type, content = content](EditableHello& h) {
      add(h, type, content);
    }));
    expect_refused(duel, A::illegal_parameter, Reason::bad_extension);
  }
}

TEST(OldExtensions13, AreRefusedInEncryptedExtensions) {
  for (const auto& [type, content] : kOldExtensions) {
    SCOPED_TRACE(int{code(type)});
    Duel13OfBoth duel;
    duel.deviate([&, &type = type, &content = content](Outgoing& out) {
      if (out.type != T::encrypted_extensions) return;
      EditableHello message = take_apart(out.message, 0);
      add(message, type, content);
      out.message = put_together(T::encrypted_extensions, message);
    });
    expect_refused(duel, A::illegal_parameter, Reason::bad_extension);
  }
}

// --- ClientHello ---

// Puts these suites in place of those that the client offers.
void offer(EditableHello& hello, std::initializer_list<unsigned> ids) {
  const std::size_t at = kRandomEnd + 1 + hello.head[kRandomEnd];
  hello.head.resize(at);
  hello.head.insert(hello.head.end(), {0, static_cast<std::uint8_t>(2 * ids.size())});
  for (const unsigned id : ids) {
    hello.head.insert(hello.head.end(),
                      {static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)});
  }
  hello.head.insert(hello.head.end(), {1, 0});
}

const Case kClientHello[] = {
    {"older_version", [](EditableHello& h) { h.head[1] = 2; }, A::protocol_version,
     Reason::unsupported_protocol},
    {"compression_without_null", [](EditableHello& h) { h.head.back() = 1; }, A::decode_error,
     Reason::no_compression_specified},
    {"no_common_suite", [](EditableHello& h) { offer(h, {0xc02c, 0x00ff}); }, A::handshake_failure,
     Reason::no_shared_cipher},
    {"suites_of_tls13_alone", [](EditableHello& h) { offer(h, {0x1301}); }, A::handshake_failure,
     Reason::no_shared_cipher},
    {"signalling_suites_alone", [](EditableHello& h) { offer(h, {0x00ff}); }, A::handshake_failure,
     Reason::no_shared_cipher},
    {"no_common_group",
     [](EditableHello& h) { replace(h, X::supported_groups, {0, 2, 0x1a, 0x1a}); },
     A::handshake_failure, Reason::no_shared_cipher},
    // As OpenSSL: who names no curve has none.
    {"no_groups", [](EditableHello& h) { h.remove(X::supported_groups); }, A::handshake_failure,
     Reason::no_shared_cipher},
    {"no_group_of_the_certificate",
     [](EditableHello& h) { replace(h, X::supported_groups, {0, 2, 0, 29}); }, A::handshake_failure,
     Reason::no_shared_cipher},
    {"no_common_scheme",
     [](EditableHello& h) { replace(h, X::signature_algorithms, {0, 2, 4, 1}); },
     A::handshake_failure, Reason::no_shared_cipher},
    // What RFC 5246 §7.4.1.4.1 assumes is SHA-1, which we do not sign with.
    {"no_schemes", [](EditableHello& h) { h.remove(X::signature_algorithms); },
     A::handshake_failure, Reason::no_shared_cipher},
    {"schemes_of_certificates_alone",
     [](EditableHello& h) {
       h.remove(X::signature_algorithms);
       add(h, X::signature_algorithms_cert, {0, 2, 4, 3});
     },
     A::handshake_failure, Reason::no_shared_signature_algorithms},
    {"schemes_empty", [](EditableHello& h) { replace(h, X::signature_algorithms, {0, 0}); },
     A::decode_error, Reason::bad_extension},
    {"groups_empty", [](EditableHello& h) { replace(h, X::supported_groups, {0, 0}); },
     A::decode_error, Reason::bad_extension},
    {"point_formats_without_uncompressed",
     [](EditableHello& h) { replace(h, X::ec_point_formats, {1, 1}); }, A::illegal_parameter,
     Reason::tls_invalid_ecpointformat_list},
    {"extended_master_secret_with_content",
     [](EditableHello& h) { replace(h, X::extended_master_secret, {0}); }, A::decode_error,
     Reason::bad_extension},
    {"encrypt_then_mac_with_content",
     [](EditableHello& h) { replace(h, X::encrypt_then_mac, {0}); }, A::decode_error,
     Reason::bad_extension},
    {"renegotiation_info_not_empty",
     [](EditableHello& h) { add(h, X::renegotiation_info, {1, 5}); }, A::handshake_failure,
     Reason::renegotiation_mismatch},
    {"renegotiation_info_short", [](EditableHello& h) { add(h, X::renegotiation_info, {2, 5}); },
     A::decode_error, Reason::renegotiation_encoding_err},
    {"doubled_extension", [](EditableHello& h) { h.extensions.push_back(h.extensions.front()); },
     A::illegal_parameter, Reason::bad_extension},
};
class ClientHello12 : public ::testing::TestWithParam<Case> {};
TEST_P(ClientHello12, Refused) {
  Duel duel(Role::server);
  duel.speak_tls12();
  duel.deviate(edit_hello(T::client_hello, 0, GetParam().edit));
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Server, ClientHello12, ::testing::ValuesIn(kClientHello),
                         [](const auto& test) { return test.param.name; });

// What a server answers although it is odd. The peer hashed its hello as it was, so that the keys
// differ in the end.
const std::pair<const char*, Edit> kOddButRight[] = {
    {"no_change", [](EditableHello&) {}},
    {"newer_legacy_version", [](EditableHello& h) { h.head[1] = 4; }},
    {"more_compressions",
     [](EditableHello& h) {
       h.head[h.head.size() - 2] = 2;
       h.head.push_back(1);
     }},
    {"unknown_extension",
     [](EditableHello& h) { add(h, static_cast<ExtensionType>(0xfafa), {1, 2, 3}); }},
    {"extensions_of_tls13", [](EditableHello& h) { add(h, X::psk_key_exchange_modes, {1, 1}); }},
    {"no_renegotiation_signal", [](EditableHello& h) { offer(h, {0xc02b}); }},
    {"unknown_suites", [](EditableHello& h) { offer(h, {0xfafa, 0x5a5a, 0xc02b, 0x00ff}); }},
    {"no_extended_master_secret", [](EditableHello& h) { h.remove(X::extended_master_secret); }},
    {"fallback_signal_where_tls12_is_the_best",
     [](EditableHello& h) { offer(h, {0xc02b, 0x00ff, 0x5600}); }},
};
TEST(ClientHello12Odd, IsAnswered) {
  for (const auto& [name, edit] : kOddButRight) {
    SCOPED_TRACE(name);
    Duel duel(Role::server);
    duel.speak_tls12();
    duel.deviate(edit_hello(T::client_hello, 0, edit));
    const bool done = duel.run();
    EXPECT_EQ(done, name == std::string_view("no_change"));
    if (!done) {
      EXPECT_NE(duel.victim->negotiated().suite, nullptr);
      EXPECT_TRUE(duel.victim->stage() >= HandshakeStage::server_write_server_hello_done);
    }
  }
}

// RFC 7507
TEST(HelloRefusals12, FallbackThatWasNotNecessary) {
  Duel duel(Role::server);
  duel.speak_tls12();
  duel.victim_config->max_version = ProtocolVersion::unset;
  duel.peer_config->mode |= mode::kSendFallbackScsv;
  expect_refused(duel, A::inappropriate_fallback, Reason::inappropriate_fallback);
}

// RFC 8446 §4.1.3: it has tried TLS 1.3 before, and the server would have had that.
TEST(HelloRefusals12, DowngradeOfAClientThatFallsBack) {
  for (const bool falls_back : {false, true}) {
    Duel duel(Role::client);
    duel.speak_tls12();
    if (falls_back) duel.victim_config->mode |= mode::kSendFallbackScsv;
    duel.deviate(edit_hello(T::server_hello, 0,
                            [](EditableHello& h) { set_sentinel(h, kDowngradeToTls12); }));
    if (falls_back) {
      expect_refused(duel, A::illegal_parameter, Reason::inappropriate_fallback);
    } else {
      // The peer has signed another random than it sent: that is found later.
      EXPECT_FALSE(duel.run());
      EXPECT_NE(code(duel.error->reason), code(Reason::inappropriate_fallback));
    }
  }
}

TEST(HelloRefusals12, FallbackThatWasNecessary) {
  Duel duel(Role::server);
  duel.speak_tls12();
  duel.peer_config->mode |= mode::kSendFallbackScsv;
  EXPECT_TRUE(duel.run());
}

}  // namespace
}  // namespace ciao::tls::testing
