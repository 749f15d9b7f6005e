// Options, modes, versions, cipher suites, groups, signature algorithms, security levels.
#include "operation.h"

namespace ciao::differential {
namespace {

// Without TLS 1.2 alone, 3.0 goes down to TLS 1.1, which ciao does not have.
constexpr uint64_t kNoTls12OrOlder =
    SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1 | SSL_OP_NO_SSLv3;

constexpr uint64_t kOptions[] = {SSL_OP_NO_TICKET,
                                 SSL_OP_NO_RENEGOTIATION,
                                 SSL_OP_NO_EXTENDED_MASTER_SECRET,
                                 SSL_OP_NO_ENCRYPT_THEN_MAC,
                                 SSL_OP_CIPHER_SERVER_PREFERENCE,
                                 SSL_OP_PRIORITIZE_CHACHA,
                                 SSL_OP_ALLOW_NO_DHE_KEX,
                                 SSL_OP_NO_TLSv1_3,
                                 kNoTls12OrOlder,
                                 SSL_OP_IGNORE_UNEXPECTED_EOF,
                                 SSL_OP_ALLOW_CLIENT_RENEGOTIATION,
                                 SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION,
                                 SSL_OP_NO_ANTI_REPLAY,
                                 SSL_OP_CLEANSE_PLAINTEXT,
                                 SSL_OP_ENABLE_MIDDLEBOX_COMPAT,
                                 SSL_OP_LEGACY_SERVER_CONNECT,
                                 SSL_OP_TLSEXT_PADDING,
                                 SSL_OP_DISABLE_TLSEXT_CA_NAMES,
                                 SSL_OP_ALL,
                                 0,
                                 uint64_t{1} << 40};

constexpr long kModes[] = {SSL_MODE_ENABLE_PARTIAL_WRITE,
                           SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
                           SSL_MODE_AUTO_RETRY,
                           SSL_MODE_NO_AUTO_CHAIN,
                           SSL_MODE_RELEASE_BUFFERS,
                           SSL_MODE_SEND_CLIENTHELLO_TIME,
                           SSL_MODE_SEND_SERVERHELLO_TIME,
                           SSL_MODE_SEND_FALLBACK_SCSV,
                           0};

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION,
                             TLS1_2_VERSION, TLS1_3_VERSION,
                             TLS1_1_VERSION, TLS1_VERSION,
                             SSL3_VERSION,   0,
                             0x0305,         -1,
                             DTLS1_2_VERSION};

constexpr const char* kCiphers[] = {"DEFAULT",
                                    "ECDHE-ECDSA-AES128-GCM-SHA256",
                                    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-SHA384",
                                    "ECDHE-ECDSA-AES128-SHA",
                                    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305",
                                    "DHE-RSA-AES128-GCM-SHA256",
                                    "aNULL:@SECLEVEL=0",
                                    "eNULL:@SECLEVEL=0",
                                    "ALL:eNULL:@SECLEVEL=0",
                                    "HIGH:!aNULL:@STRENGTH",
                                    "PSK",
                                    "TLS_AES_128_GCM_SHA256",
                                    "foo",
                                    "",
                                    "ALL:@SECLEVEL=3",
                                    "SUITEB128",
                                    "ECDHE-ECDSA-AES128-CCM8"};

constexpr const char* kSuites[] = {"TLS_AES_128_GCM_SHA256",
                                   "TLS_AES_256_GCM_SHA384",
                                   "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
                                   "TLS_AES_128_CCM_SHA256",
                                   "TLS_AES_128_CCM_8_SHA256",
                                   "",
                                   "foo",
                                   "TLS_AES_128_GCM_SHA256:foo",
                                   ":TLS_AES_128_GCM_SHA256"};

constexpr const char* kGroups[] = {
    "P-256",           "X25519",       "P-384:P-256", "X448", "P-521",
    "ffdhe2048",       "X25519:P-256", "foo",         "",     "P-256:P-256",
    "ffdhe3072:P-256", "P-256:",       "X25519:foo"};

constexpr const char* kAlgorithms[] = {"ECDSA+SHA256",
                                       "RSA+SHA256",
                                       "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256",
                                       "ed25519",
                                       "ed25519:ECDSA+SHA256:RSA-PSS+SHA256",
                                       "ECDSA+SHA384",
                                       "RSA+SHA1",
                                       "ECDSA+SHA1:ECDSA+SHA512",
                                       "foo",
                                       ""};

constexpr int kCurves[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_X25519, NID_X448,
                           NID_ffdhe2048};

void context_options(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  const uint64_t bits = draw.pick(kOptions) | (draw.chance(30) ? draw.pick(kOptions) : 0);
  if (draw.chance(75)) {
    CALL(world, SSL_CTX_set_options, ctx, bits);
  } else {
    CALL(world, SSL_CTX_clear_options, ctx, bits);
  }
}

void connection_options(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  const uint64_t bits = draw.pick(kOptions);
  if (ssl == nullptr) return;
  if (draw.chance(75)) {
    CALL(world, SSL_set_options, ssl, bits);
  } else {
    CALL(world, SSL_clear_options, ssl, bits);
  }
}

void context_mode(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  const long bits = draw.pick(kModes) | (draw.chance(30) ? draw.pick(kModes) : 0);
  if (draw.chance(70)) {
    CALL2(world, SSL_CTX_set_mode, ctx, bits);
  } else {
    CALL2(world, SSL_CTX_clear_mode, ctx, bits);
  }
}

void connection_mode(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  const long bits = draw.pick(kModes);
  if (ssl == nullptr) return;
  if (draw.chance(70)) {
    CALL2(world, SSL_set_mode, ssl, bits);
  } else {
    CALL2(world, SSL_clear_mode, ssl, bits);
  }
}

void versions(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  const int version = draw.pick(kVersions);
  // Versions that ciao does not have are the highest of no program's choice.
  const bool left_out = version >= SSL3_VERSION && version < TLS1_2_VERSION;
  const int highest = left_out ? TLS1_2_VERSION : version;
  const size_t which = draw.below(ssl == nullptr ? 2 : 4);
  switch (which) {
    case 0: CALL2(world, SSL_CTX_set_min_proto_version, ctx, version); break;
    case 1: CALL2(world, SSL_CTX_set_max_proto_version, ctx, highest); break;
    case 2: CALL2(world, SSL_set_min_proto_version, ssl, version); break;
    default: CALL2(world, SSL_set_max_proto_version, ssl, highest); break;
  }
}

void ciphers(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  const char* list = draw.pick(kCiphers);
  const char* suites = draw.pick(kSuites);
  switch (draw.below(ssl == nullptr ? 2 : 4)) {
    case 0: CALL(world, SSL_CTX_set_cipher_list, ctx, list); break;
    case 1: CALL(world, SSL_CTX_set_ciphersuites, ctx, suites); break;
    case 2: CALL(world, SSL_set_cipher_list, ssl, list); break;
    default: CALL(world, SSL_set_ciphersuites, ssl, suites); break;
  }
}

void groups(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  const char* list = draw.pick(kGroups);
  int curves[3];
  for (int& each : curves) each = draw.pick(kCurves);
  const int count = static_cast<int>(draw.below(4));
  const auto array = named(curves, std::to_string(curves[0]) + " " + std::to_string(curves[1]) +
                                       " " + std::to_string(curves[2]));
  const auto some = named(static_cast<int*>(curves), array.text);
  switch (draw.below(ssl == nullptr ? 2 : 4)) {
    case 0: CALL2(world, SSL_CTX_set1_groups_list, ctx, list); break;
    case 1: CALL3(world, SSL_CTX_set1_groups, ctx, some, count); break;
    case 2: CALL2(world, SSL_set1_groups_list, ssl, list); break;
    default: CALL3(world, SSL_set1_groups, ssl, some, count); break;
  }
}

void signature_algorithms(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  const char* list = draw.pick(kAlgorithms);
  switch (draw.below(ssl == nullptr ? 2 : 4)) {
    case 0: CALL2(world, SSL_CTX_set1_sigalgs_list, ctx, list); break;
    case 1: CALL2(world, SSL_CTX_set1_client_sigalgs_list, ctx, list); break;
    case 2: CALL2(world, SSL_set1_sigalgs_list, ssl, list); break;
    default: CALL2(world, SSL_set1_client_sigalgs_list, ssl, list); break;
  }
}

void security(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  static constexpr int kLevels[] = {0, 1, 2, 3, 4, 5, 6, -1};
  const int level = draw.pick(kLevels);
  if (ssl == nullptr || draw.chance(50)) {
    CALL(world, SSL_CTX_set_security_level, ctx, level);
    CALL(world, SSL_CTX_get_security_level, ctx);
  } else if (SSL_in_before(ssl) == 1) {
    // Later, what was in common is judged by another level than it was chosen by.
    CALL(world, SSL_set_security_level, ssl, level);
    CALL(world, SSL_get_security_level, ssl);
  }
}

void alpn(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  static const std::string kLists[] = {
      std::string("\x02h2", 3),  std::string("\x02h2\x08http/1.1", 12),
      std::string("\x03spd", 4), std::string("\x00", 1),
      std::string("\x05h2", 3),  std::string()};
  const std::string& list = draw.pick(kLists);
  const auto bytes =
      named(list.empty() ? nullptr : reinterpret_cast<const unsigned char*>(list.data()),
            "0x" + hexadecimal(list.data(), list.size()));
  const auto size = static_cast<unsigned>(list.size());
  if (ssl == nullptr || draw.chance(50)) {
    CALL(world, SSL_CTX_set_alpn_protos, ctx, bytes, size);
  } else {
    CALL(world, SSL_set_alpn_protos, ssl, bytes, size);
  }
}

void temporary_keys(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  const long automatic = static_cast<long>(draw.below(3));
  if (ssl == nullptr || draw.chance(50)) {
    CALL2(world, SSL_CTX_set_dh_auto, ctx, automatic);
  } else {
    CALL2(world, SSL_set_dh_auto, ssl, automatic);
  }
}

void configuration(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  struct Command {
    const char *name, *value;
  };
  static constexpr Command kCommands[] = {{"MinProtocol", "TLSv1.3"},
                                          {"MaxProtocol", "TLSv1.2"},
                                          {"MinProtocol", "foo"},
                                          {"Options", "-SessionTicket"},
                                          {"Options", "ServerPreference,foo"},
                                          {"Groups", "P-384"},
                                          {"CipherString", "ECDHE"},
                                          {"Ciphersuites", "TLS_AES_128_GCM_SHA256"},
                                          {"VerifyMode", "Require"},
                                          {"SignatureAlgorithms", "ECDSA+SHA256"},
                                          {"NumTickets", "1"},
                                          {"RecordPadding", "64"},
                                          {"NoSuch", "1"},
                                          {"Protocol", "-TLSv1.3"},
                                          {"Curves", "X25519"},
                                          {"MinProtocol", nullptr}};
  const Command& command = draw.pick(kCommands);
  static constexpr unsigned kFlags[] = {
      SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE,
      SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SHOW_ERRORS,
      SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_SHOW_ERRORS,
      SSL_CONF_FLAG_CMDLINE | SSL_CONF_FLAG_CLIENT};
  SSL_CONF_CTX* conf = SSL_CONF_CTX_new();
  const auto settings = named(conf, "conf");
  CALL(world, SSL_CONF_CTX_set_flags, settings, draw.pick(kFlags));
  if (draw.chance(90)) CALL(world, SSL_CONF_CTX_set_ssl_ctx, settings, ctx);
  CALL(world, SSL_CONF_cmd, settings, command.name, command.value);
  CALL(world, SSL_CONF_cmd_value_type, settings, command.name);
  CALL(world, SSL_CONF_CTX_finish, settings);
  SSL_CONF_CTX_free(conf);
}

constexpr Operation kOperations[] = {
    {"context_options", When::kSetting, 8, context_options},
    {"connection_options", When::kBetween, 4, connection_options},
    {"context_mode", When::kSetting, 5, context_mode},
    {"connection_mode", When::kBetween, 5, connection_mode},
    {"versions", When::kSetting, 5, versions},
    {"ciphers", When::kSetting, 6, ciphers},
    {"groups", When::kSetting, 6, groups},
    {"signature_algorithms", When::kSetting, 5, signature_algorithms},
    {"security", When::kSetting, 3, security},
    {"alpn", When::kSetting, 6, alpn},
    {"temporary_keys", When::kSetting, 2, temporary_keys},
    {"configuration", When::kSetting, 3, configuration},
};

}  // namespace

std::span<const Operation> policy_operations() { return kOperations; }

}  // namespace ciao::differential
