// What a client refuses in ServerHello and HelloRetryRequest, and a server in ClientHello (RFC 8446
// §4.1, §4.2).
#include <algorithm>
#include <ctime>

#include "engine/hello_editing.h"
#include "messages/server_hello.h"

namespace ciao::tls::testing {
namespace {

struct Case {
  const char* name;
  Edit edit;
  AlertDescription alert;
  Reason reason;
};
void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

constexpr std::size_t kServerTail = 3;  // suite and compression end the head of a ServerHello

Bytes unknown_group_share() { return {0x00, 0x1e, 0x00, 0x01, 0x00}; }

const Case kServerHelloCases[] = {
    {"legacy_version", [](EditableHello& h) { h.head[1] = 4; }, AlertDescription::illegal_parameter,
     Reason::bad_protocol_version_number},
    {"session_id_echo", [](EditableHello& h) { h.head[2 + kRandomSize + 1] ^= 1; },
     AlertDescription::illegal_parameter, Reason::invalid_session_id},
    {"compression", [](EditableHello& h) { h.head.back() = 1; },
     AlertDescription::illegal_parameter, Reason::invalid_compression_algorithm},
    {"suite_not_offered", [](EditableHello& h) { h.head[h.head.size() - 2] = 4; },
     AlertDescription::illegal_parameter, Reason::wrong_cipher_returned},
    {"suite_of_another_version",
     [](EditableHello& h) {
       h.head[h.head.size() - kServerTail] = 0xc0;
       h.head[h.head.size() - 2] = 0x2f;
     },
     AlertDescription::illegal_parameter, Reason::unknown_cipher_returned},
    {"no_supported_versions", [](EditableHello& h) { h.remove(ExtensionType::supported_versions); },
     AlertDescription::protocol_version, Reason::unsupported_protocol},
    {"version_not_offered",
     [](EditableHello& h) { *h.find(ExtensionType::supported_versions) = {3, 3}; },
     AlertDescription::illegal_parameter, Reason::bad_protocol_version_number},
    {"no_key_share", [](EditableHello& h) { h.remove(ExtensionType::key_share); },
     AlertDescription::missing_extension, Reason::no_suitable_key_share},
    {"share_of_another_group",
     [](EditableHello& h) { *h.find(ExtensionType::key_share) = unknown_group_share(); },
     AlertDescription::illegal_parameter, Reason::bad_key_share},
    {"empty_share", [](EditableHello& h) { *h.find(ExtensionType::key_share) = {0, 29, 0, 0}; },
     AlertDescription::decode_error, Reason::bad_extension},
    {"zero_share",
     [](EditableHello& h) {
       Bytes& share = *h.find(ExtensionType::key_share);
       std::fill(share.begin() + 4, share.end(), std::uint8_t{0});
     },
     AlertDescription::illegal_parameter, Reason::bad_ecpoint},
    {"short_share", [](EditableHello& h) { *h.find(ExtensionType::key_share) = {0, 29, 0, 1, 7}; },
     AlertDescription::illegal_parameter, Reason::bad_ecpoint},
    {"psk_not_offered",
     [](EditableHello& h) { h.extensions.push_back({ExtensionType::pre_shared_key, {0, 0}}); },
     AlertDescription::unsupported_extension, Reason::unsolicited_extension},
    {"extension_of_another_message",
     [](EditableHello& h) {
       h.extensions.push_back({ExtensionType::supported_groups, {0, 2, 0, 29}});
     },
     AlertDescription::illegal_parameter, Reason::bad_extension},
    {"unknown_extension",
     [](EditableHello& h) { h.extensions.push_back({static_cast<ExtensionType>(0xfafa), {}}); },
     AlertDescription::unsupported_extension, Reason::unsolicited_extension},
    {"doubled_extension", [](EditableHello& h) { h.extensions.push_back(h.extensions.front()); },
     AlertDescription::illegal_parameter, Reason::bad_extension},
};

class ServerHelloCases : public ::testing::TestWithParam<Case> {};
TEST_P(ServerHelloCases, Refused) {
  Duel duel(Role::client);
  duel.deviate(edit_hello(HandshakeType::server_hello, 0, GetParam().edit));
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Client, ServerHelloCases, ::testing::ValuesIn(kServerHelloCases),
                         [](const auto& test) { return test.param.name; });

const Case kRetryCases[] = {
    {"group_not_offered",
     [](EditableHello& h) { *h.find(ExtensionType::key_share) = {0xfe, 0xfe}; },
     AlertDescription::illegal_parameter, Reason::bad_key_share},
    {"group_already_shared", [](EditableHello& h) { *h.find(ExtensionType::key_share) = {0, 29}; },
     AlertDescription::illegal_parameter, Reason::bad_key_share},
    {"no_change", [](EditableHello& h) { h.remove(ExtensionType::key_share); },
     AlertDescription::illegal_parameter, Reason::no_change_following_hrr},
    {"empty_cookie",
     [](EditableHello& h) { h.extensions.push_back({ExtensionType::cookie, {0, 0}}); },
     AlertDescription::decode_error, Reason::bad_extension},
    {"extension_of_another_message",
     [](EditableHello& h) { h.extensions.push_back({ExtensionType::server_name, {}}); },
     AlertDescription::unsupported_extension, Reason::unsolicited_extension},
};

class RetryCases : public ::testing::TestWithParam<Case> {};
TEST_P(RetryCases, Refused) {
  Duel duel(Role::client);
  duel.peer_config->groups = {NamedGroup::secp384r1};
  duel.deviate(edit_hello(HandshakeType::server_hello, 0, GetParam().edit));
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Client, RetryCases, ::testing::ValuesIn(kRetryCases),
                         [](const auto& test) { return test.param.name; });

TEST(HelloRefusals, SecondHelloRetryRequest) {
  Duel duel(Role::client);
  duel.peer_config->groups = {NamedGroup::secp384r1};
  Bytes first;
  duel.deviate([&](Outgoing& out) {
    if (out.type != HandshakeType::server_hello) return;
    if (first.empty()) {
      first = out.message;
    } else {
      out.message = first;
    }
  });
  expect_refused(duel, AlertDescription::unexpected_message, Reason::unexpected_message);
}

TEST(HelloRefusals, SuiteChangedAfterTheRetry) {
  Duel duel(Role::client);
  duel.peer_config->groups = {NamedGroup::secp384r1};
  duel.deviate(edit_hello(HandshakeType::server_hello, 1, [](EditableHello& h) {
    // From TLS_AES_256_GCM_SHA384 to TLS_AES_128_GCM_SHA256.
    h.head[h.head.size() - 2] = 1;
  }));
  expect_refused(duel, AlertDescription::illegal_parameter, Reason::wrong_cipher_returned);
}

// A server that wants its cookie back gets it (RFC 8446 §4.2.2).
TEST(HelloRetryRequest, CookieIsEchoed) {
  Duel duel(Role::client);
  duel.peer_config->groups = {NamedGroup::secp384r1};
  const Bytes cookie = {0, 3, 'a', 'b', 'c'};
  duel.deviate(edit_hello(HandshakeType::server_hello, 0, [&](EditableHello& h) {
    h.extensions.push_back({ExtensionType::cookie, cookie});
  }));
  // The peer did not ask for a cookie, so that it refuses the one it gets: what matters is that the
  // client sent it.
  EXPECT_FALSE(duel.run());
  EXPECT_TRUE(duel.peer_failed);
  EXPECT_FALSE(duel.error && duel.error->on_wire == OnWire::send_alert);
}

const Case kClientHelloCases[] = {
    {"no_supported_versions", [](EditableHello& h) { h.remove(ExtensionType::supported_versions); },
     AlertDescription::protocol_version, Reason::unsupported_protocol},
    {"only_older_versions",
     [](EditableHello& h) { *h.find(ExtensionType::supported_versions) = {4, 3, 3, 3, 2}; },
     AlertDescription::protocol_version, Reason::unsupported_protocol},
    {"legacy_version_of_ssl3", [](EditableHello& h) { h.head[1] = 0; },
     AlertDescription::protocol_version, Reason::bad_legacy_version},
    {"empty_versions", [](EditableHello& h) { *h.find(ExtensionType::supported_versions) = {0}; },
     AlertDescription::decode_error, Reason::bad_extension},
    {"compression", [](EditableHello& h) { h.head.back() = 1; }, AlertDescription::decode_error,
     Reason::no_compression_specified},
    {"two_compressions",
     [](EditableHello& h) {
       h.head[h.head.size() - 2] = 2;
       h.head.push_back(1);
     },
     AlertDescription::illegal_parameter, Reason::invalid_compression_algorithm},
    {"no_groups", [](EditableHello& h) { h.remove(ExtensionType::supported_groups); },
     AlertDescription::illegal_parameter, Reason::bad_key_share},
    {"no_groups_and_no_share",
     [](EditableHello& h) {
       h.remove(ExtensionType::supported_groups);
       h.remove(ExtensionType::key_share);
     },
     AlertDescription::missing_extension, Reason::missing_supported_groups_extension},
    {"no_share", [](EditableHello& h) { h.remove(ExtensionType::key_share); },
     AlertDescription::missing_extension, Reason::no_suitable_key_share},
    {"share_of_a_group_not_listed",
     [](EditableHello& h) { *h.find(ExtensionType::supported_groups) = {0, 2, 0, 23}; },
     AlertDescription::illegal_parameter, Reason::bad_key_share},
    {"doubled_share",
     [](EditableHello& h) {
       Bytes& shares = *h.find(ExtensionType::key_share);
       const Bytes entry(shares.begin() + 2, shares.end());
       shares.insert(shares.end(), entry.begin(), entry.end());
       shares[1] = static_cast<std::uint8_t>(2 * entry.size());
     },
     AlertDescription::illegal_parameter, Reason::bad_key_share},
    {"point_not_on_the_curve",
     [](EditableHello& h) {
       Bytes share = {0, 69, 0, 23, 0, 65, 4};
       share.resize(71, 7);
       *h.find(ExtensionType::key_share) = share;
     },
     AlertDescription::illegal_parameter, Reason::bad_ecpoint},
    {"compressed_point",
     [](EditableHello& h) {
       Bytes share = {0, 37, 0, 23, 0, 33, 2};
       share.resize(39, 7);
       *h.find(ExtensionType::key_share) = share;
     },
     AlertDescription::illegal_parameter, Reason::bad_ecpoint},
    {"no_group_in_common",
     [](EditableHello& h) {
       *h.find(ExtensionType::supported_groups) = {0, 2, 0xfa, 0xfa};
       *h.find(ExtensionType::key_share) = {0, 0};
     },
     AlertDescription::handshake_failure, Reason::no_suitable_key_share},
    {"no_signature_algorithms",
     [](EditableHello& h) { h.remove(ExtensionType::signature_algorithms); },
     AlertDescription::missing_extension, Reason::missing_sigalgs_extension},
    {"no_signature_algorithm_in_common",
     [](EditableHello& h) { *h.find(ExtensionType::signature_algorithms) = {0, 2, 8, 7}; },
     AlertDescription::handshake_failure, Reason::no_suitable_signature_algorithm},
    {"unasked_cookie",
     [](EditableHello& h) { h.extensions.push_back({ExtensionType::cookie, {0, 1, 9}}); },
     AlertDescription::illegal_parameter, Reason::cookie_mismatch},
    {"psk_not_last",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(), {ExtensionType::pre_shared_key, {}});
     },
     AlertDescription::illegal_parameter, Reason::bad_extension},
    {"psk_without_binder",
     [](EditableHello& h) {
       h.extensions.push_back({ExtensionType::pre_shared_key, {0, 7, 0, 1, 'x', 0, 0, 0, 0, 0, 0}});
     },
     AlertDescription::decode_error, Reason::bad_extension},
    {"doubled_extension", [](EditableHello& h) { h.extensions.push_back(h.extensions.front()); },
     AlertDescription::illegal_parameter, Reason::bad_extension},
    {"server_name_twice",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(),
                           {ExtensionType::server_name, {0, 8, 0, 0, 1, 'a', 0, 0, 1, 'b'}});
     },
     AlertDescription::decode_error, Reason::bad_extension},
    {"server_name_with_nul",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(),
                           {ExtensionType::server_name, {0, 6, 0, 0, 3, 'a', 0, 'b'}});
     },
     AlertDescription::unrecognized_name, Reason::bad_extension},
    {"empty_alpn_name",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(),
                           {ExtensionType::application_layer_protocol_negotiation, {0, 1, 0}});
     },
     AlertDescription::decode_error, Reason::bad_extension},
    {"status_request_cut",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(), {ExtensionType::status_request, {1, 0, 0, 0}});
     },
     AlertDescription::decode_error, Reason::bad_extension},
    {"status_request_too_long",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(),
                           {ExtensionType::status_request, {1, 0, 0, 0, 0, 0}});
     },
     AlertDescription::decode_error, Reason::bad_extension},
    {"status_request_of_an_empty_responder",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(),
                           {ExtensionType::status_request, {1, 0, 2, 0, 0, 0, 0}});
     },
     AlertDescription::decode_error, Reason::bad_extension},
    {"extension_of_another_message",
     [](EditableHello& h) {
       // oid_filters is unknown to us and ignored; early_data with content is malformed.
       h.extensions.insert(h.extensions.begin(), {ExtensionType::early_data, {1}});
     },
     AlertDescription::decode_error, Reason::bad_extension},
    {"post_handshake_auth_with_content",
     [](EditableHello& h) {
       h.extensions.insert(h.extensions.begin(), {ExtensionType::post_handshake_auth, {0}});
     },
     AlertDescription::decode_error, Reason::post_handshake_auth_encoding_err},
    {"no_suites",
     [](EditableHello& h) {
       h.head.resize(2 + kRandomSize + 1 + 32);
       h.head.insert(h.head.end(), {0, 0, 1, 0});
     },
     AlertDescription::illegal_parameter, Reason::no_ciphers_specified},
    {"odd_suite_list",
     [](EditableHello& h) {
       const std::size_t at = 2 + kRandomSize + 1 + 32;
       h.head[at + 1] = 5;
       h.head.erase(h.head.begin() + static_cast<std::ptrdiff_t>(at) + 2);
     },
     AlertDescription::decode_error, Reason::error_in_received_cipher_list},
};

class ClientHelloCases : public ::testing::TestWithParam<Case> {};
TEST_P(ClientHelloCases, Refused) {
  Duel duel(Role::server);
  duel.deviate(edit_hello(HandshakeType::client_hello, 0, GetParam().edit));
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Server, ClientHelloCases, ::testing::ValuesIn(kClientHelloCases),
                         [](const auto& test) { return test.param.name; });

const Case kSecondHelloCases[] = {
    {"other_random", [](EditableHello& h) { h.head[5] ^= 1; }, AlertDescription::illegal_parameter,
     Reason::bad_extension},
    {"other_session_id", [](EditableHello& h) { h.head[2 + kRandomSize + 3] ^= 1; },
     AlertDescription::illegal_parameter, Reason::bad_extension},
    {"other_groups", [](EditableHello& h) { h.find(ExtensionType::supported_groups)->back() ^= 1; },
     AlertDescription::illegal_parameter, Reason::bad_extension},
    {"no_supported_versions", [](EditableHello& h) { h.remove(ExtensionType::supported_versions); },
     AlertDescription::illegal_parameter, Reason::bad_extension},
    {"new_extension",
     [](EditableHello& h) { h.extensions.push_back({static_cast<ExtensionType>(0xfafa), {}}); },
     AlertDescription::illegal_parameter, Reason::bad_extension},
    {"share_for_the_old_group",
     [](EditableHello& h) {
       Bytes share = {0, 36, 0, 29, 0, 32};
       share.resize(38, 9);
       *h.find(ExtensionType::key_share) = share;
     },
     AlertDescription::illegal_parameter, Reason::bad_key_share},
    {"no_key_share", [](EditableHello& h) { h.remove(ExtensionType::key_share); },
     AlertDescription::missing_extension, Reason::no_suitable_key_share},
    {"early_data",
     [](EditableHello& h) { h.extensions.push_back({ExtensionType::early_data, {}}); },
     AlertDescription::illegal_parameter, Reason::bad_extension},
};

class SecondHelloCases : public ::testing::TestWithParam<Case> {};
TEST_P(SecondHelloCases, Refused) {
  Duel duel(Role::server);
  duel.victim_config->groups = {NamedGroup::secp384r1};
  duel.deviate(edit_hello(HandshakeType::client_hello, 1, GetParam().edit));
  expect_refused(duel, GetParam().alert, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Server, SecondHelloCases, ::testing::ValuesIn(kSecondHelloCases),
                         [](const auto& test) { return test.param.name; });

// RFC 8446 §4.1.2: a second ClientHello may leave pre-shared keys out. The first one's are not
// looked at again.
TEST(SecondHello, WithoutTheKeysOfTheFirst) {
  Pair first;
  ASSERT_TRUE(first.handshake());
  const Ref<Session> session = first.client_hooks.added.back();
  Duel duel(Role::server);
  duel.victim_hooks.tickets = first.server_hooks.tickets;
  duel.victim_config->groups = {NamedGroup::secp384r1};
  duel.peer_session = session;
  duel.deviate(edit_hello(HandshakeType::client_hello, 1, [](EditableHello& h) {
    EXPECT_NE(h.find(ExtensionType::pre_shared_key), nullptr);
    h.remove(ExtensionType::pre_shared_key);
  }));
  duel.run();
  // The peer expects to resume and its transcript has the keys: it gives up, not the victim.
  EXPECT_FALSE(duel.error && duel.reason() == Reason::binder_does_not_verify);
  EXPECT_FALSE(duel.victim->negotiated().resumed);
}

// RFC 8446 §4.2.11.2: a binder that does not verify ends the handshake.
TEST(PskRefusals, WrongBinder) {
  Pair pair;
  ASSERT_TRUE(pair.handshake());
  Ref<Session> session = pair.client_hooks.added.back();
  session->secret.bytes()[0] ^= 1;
  pair.restart();
  pair.client->set_session(session);
  EXPECT_FALSE(pair.handshake());
  ASSERT_TRUE(pair.server_error);
  EXPECT_EQ(pair.server_error->reason, Reason::binder_does_not_verify);
  EXPECT_EQ(pair.server_error->alert, AlertDescription::decrypt_error);
}

struct Surroundings {
  const char* name;
  std::function<void(Pair&)> change;
};
void PrintTo(const Surroundings& test, std::ostream* out) { *out << test.name; }

// The CPU time that a server spends on hellos full of extensions that it does not know.
double time_for_crowded_hellos(bool retry) {
  Duel duel(Role::server);
  if (retry) duel.victim_config->groups = {NamedGroup::secp384r1};
  duel.deviate([](Outgoing& out) {
    if (out.type != HandshakeType::client_hello) return;
    EditableHello hello = take_apart(out.message, head_size(out.type, out.message));
    for (unsigned type = 0x8000; type < 0x8000 + 15'900; ++type) {
      hello.extensions.emplace_back(static_cast<ExtensionType>(type), Bytes());
    }
    out.message = put_together(out.type, hello);
  });
  const std::clock_t start = std::clock();
  duel.run();
  EXPECT_EQ(duel.victim->negotiated().hello_retry, retry);
  EXPECT_FALSE(duel.error && duel.error->on_wire == OnWire::send_alert);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// I4: what a peer can make us do is bounded by what it sends; two hellos are twice one.
TEST(HelloRetryRequest, ComparingTwoCrowdedHellosIsLittleWork) {
  const double one = time_for_crowded_hellos(false);
  EXPECT_LT(time_for_crowded_hellos(true), 5 * one + 0.01);
}

// The order of the extensions is the client's own matter (RFC 8446 §4.1.2 does not fix it).
TEST(HelloRetryRequest, TheSecondHelloMayHaveAnotherOrder) {
  Duel duel(Role::server);
  duel.victim_config->groups = {NamedGroup::secp384r1};
  duel.deviate(edit_hello(HandshakeType::client_hello, 1, [](EditableHello& h) {
    std::reverse(h.extensions.begin(), h.extensions.end());
  }));
  duel.run();
  // The peer hashed another hello than it sent: it, and not the server, finds fault with that.
  EXPECT_TRUE(duel.peer_failed);
  EXPECT_FALSE(duel.error && duel.error->on_wire == OnWire::send_alert);
}

// I10: a ticket resumes only in the surroundings it was made in; elsewhere the handshake is a full
// one.
class PskElsewhere : public ::testing::TestWithParam<Surroundings> {};
TEST_P(PskElsewhere, FullHandshake) {
  Pair pair;
  pair.client_config->server_name = "one.example";
  pair.restart();
  pair.server->set_session_context(as_bytes("context"));
  ASSERT_TRUE(pair.handshake());
  Ref<Session> session = pair.client_hooks.added.back();
  pair.client_config = make_ref<Config>(*pair.client_config);
  pair.server_config = make_ref<Config>(*pair.server_config);
  pair.restart();
  pair.client->set_session(session);
  pair.server->set_session_context(as_bytes("context"));
  pair.client_hooks.credentials = pair.server_hooks.credentials;
  GetParam().change(pair);
  ASSERT_TRUE(pair.handshake());
  EXPECT_FALSE(pair.client->negotiated().resumed);
  EXPECT_FALSE(pair.server->negotiated().resumed);
}
INSTANTIATE_TEST_SUITE_P(
    Server, PskElsewhere,
    ::testing::Values(
        Surroundings{"other_name",
                     [](Pair& p) { p.client->edit_config().server_name = "two.example"; }},
        Surroundings{"no_name", [](Pair& p) { p.client->edit_config().server_name.clear(); }},
        Surroundings{"other_context",
                     [](Pair& p) { p.server->set_session_context(as_bytes("other")); }},
        Surroundings{"certificate_demanded",
                     [](Pair& p) {
                       p.server->edit_config().peer_authentication = PeerAuthentication::required;
                     }},
        Surroundings{"other_hash", [](Pair& p) { p.server->edit_config().suites13 = {0x1301}; }},
        Surroundings{"unknown_ticket", [](Pair& p) { p.server_hooks.tickets->clear(); }},
        Surroundings{"expired",
                     [](Pair& p) {
                       for (auto& [id, stored] : *p.server_hooks.tickets) stored->time -= 100000;
                     }},
        Surroundings{"not_resumable",
                     [](Pair& p) {
                       for (auto& [id, stored] : *p.server_hooks.tickets) {
                         stored->not_resumable = true;
                       }
                     }},
        Surroundings{"client_says_expired",
                     [](Pair& p) {
                       Ref<Session> old = make_ref<Session>();
                       old->copy_from(*p.client->session());
                       old->time -= 100000;
                       p.client->set_session(old);
                     }}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ciao::tls::testing
