// The configuration language of SSL_CONF_cmd(3): each command, under each kind of use, for no
// owner, a context and a connection.
#include <openssl/ssl.h>

#include <cstdio>
#include <string>

#include "report.h"

namespace {

using abi::line;

struct Command {
  const char* name;
  const char* value;
};

const Command kCommands[] = {
    {"MinProtocol", "TLSv1.2"},
    {"minprotocol", "TLSv1.3"},
    {"MinProtocol", "None"},
    {"MaxProtocol", "DTLSv1.2"},
    {"MaxProtocol", "TLSv1.4"},
    {"MaxProtocol", "tlsv1.2"},
    {"Protocol", "ALL"},
    {"Protocol", "ALL,-TLSv1.3"},
    {"Protocol", "-ALL,TLSv1.2"},
    {"Protocol", "bogus"},
    {"Protocol", "TLSv1.2,bogus,TLSv1.1"},
    {"Protocol", ""},
    {"Options", "SessionTicket"},
    {"Options", "-SessionTicket,Bugs"},
    {"Options", "+Compression"},
    {"Options", "ServerPreference, -MiddleboxCompat"},
    {"Options", "bogus"},
    {"Options", "KTLS,AntiReplay,-AntiReplay"},
    {"Options", "StrictCertCheck"},
    {"Options", "NoRenegotiation,PrioritizeChaCha,AllowNoDHEKEX,ClientRenegotiation"},
    {"Options", "EmptyFragments"},
    {"Options", "-EmptyFragments"},
    {"Options", "DHSingle"},
    {"Options", "-DHSingle"},
    {"Options", "ECDHSingle"},
    {"Options", "-ECDHSingle"},
    {"Options", "NoResumptionOnRenegotiation"},
    {"Options", "-NoResumptionOnRenegotiation"},
    {"Options", "UnsafeLegacyRenegotiation"},
    {"Options", "-UnsafeLegacyRenegotiation"},
    {"Options", "UnsafeLegacyServerConnect"},
    {"Options", "-UnsafeLegacyServerConnect"},
    {"Options", "EncryptThenMac"},
    {"Options", "-EncryptThenMac"},
    {"Options", "ExtendedMasterSecret"},
    {"Options", "-ExtendedMasterSecret"},
    {"Options", "CANames"},
    {"Options", "-CANames"},
    {"Options", "-ServerPreference,-NoRenegotiation,-PrioritizeChaCha,-AllowNoDHEKEX"},
    {"Options", "MiddleboxCompat,-ClientRenegotiation,-KTLS"},
    {"RecordPadding", "512"},
    {"RecordPadding", "1"},
    {"RecordPadding", "16385"},
    {"RecordPadding", "x"},
    {"ServerInfoFile", "/nonexistent"},
    {"VerifyMode", "Peer"},
    {"VerifyMode", "Request"},
    {"VerifyMode", "Require"},
    {"VerifyMode", "Once"},
    {"VerifyMode", "RequestPostHandshake"},
    {"VerifyMode", "None"},
    {"VerifyMode", "-Peer"},
    {"CipherString", "HIGH"},
    {"CipherString", "bogus"},
    {"Ciphersuites", "TLS_AES_128_GCM_SHA256"},
    {"Ciphersuites", "bogus"},
    {"Groups", "P-256"},
    {"Curves", "X25519:P-256"},
    {"Groups", "bogus"},
    {"ECDHParameters", "Automatic"},
    {"ECDHParameters", "P-256:P-384"},
    {"ECDHParameters", "P-256"},
    {"named_curve", "auto"},
    {"SignatureAlgorithms", "RSA+SHA256"},
    {"SignatureAlgorithms", "x"},
    {"ClientSignatureAlgorithms", "ECDSA+SHA384"},
    {"Certificate", "/nonexistent"},
    {"PrivateKey", "/nonexistent"},
    {"VerifyCAFile", "/nonexistent"},
    {"ChainCAFile", "/nonexistent"},
    {"VerifyCAPath", "/tmp"},
    {"RequestCAFile", "/nonexistent"},
    {"ClientCAFile", "/nonexistent"},
    {"DHParameters", "/nonexistent"},
    {"bogus", "x"},
    {"no_tls1_3", nullptr},
    {"-no_tls1_3", nullptr},
    {"-no_tls1_3", "x"},
    {"-bugs", nullptr},
    {"-comp", nullptr},
    {"-strict", nullptr},
    {"-serverpref", nullptr},
    {"-no_ticket", nullptr},
    {"-legacy_server_connect", nullptr},
    {"-no_legacy_server_connect", nullptr},
    {"-no_middlebox", nullptr},
    {"-anti_replay", nullptr},
    {"-no_anti_replay", nullptr},
    {"-no_etm", nullptr},
    {"-no_ems", nullptr},
    {"-cipher", "HIGH"},
    {"-cipher", nullptr},
    {"-sigalgs", "RSA+SHA256"},
    {"-groups", "X25519"},
    {"-curves", "P-384"},
    {"-named_curve", "auto"},
    {"-named_curve", "P-256"},
    {"-min_protocol", "TLSv1.2"},
    {"-max_protocol", "TLSv1.3"},
    {"-ciphersuites", "TLS_AES_256_GCM_SHA384"},
    {"-", nullptr},
    {"", nullptr},
    {nullptr, nullptr},
    {"-bogus", "x"},
    {"MinProtocol", nullptr},
    {"-cert", "/nonexistent"},
    {"-key", "/nonexistent"},
    {"-prioritize_chacha", nullptr},
    {"-client_renegotiation", nullptr},
    {"-no_renegotiation", nullptr},
    {"-ecdh_single", nullptr},
    {"-allow_no_dhe_kex", nullptr},
    {"-no_resumption_on_reneg", nullptr},
    {"-legacy_renegotiation", nullptr},
    {"-no_comp", nullptr},
    {"-no_ssl3", nullptr},
    {"-no_tls1", nullptr},
    {"-no_tls1_1", nullptr},
    {"-no_tls1_2", nullptr},
    {"-debug_broken_protocol", nullptr},
    {"-client_sigalgs", "RSA+SHA256"},
    {"-record_padding", "100"},
    {"-dhparam", "/nonexistent"},
    {"-verifyCAfile", "/nonexistent"}};

const unsigned kFlags[] = {
    0,
    SSL_CONF_FLAG_FILE,
    SSL_CONF_FLAG_CMDLINE,
    SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER,
    SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SHOW_ERRORS,
    SSL_CONF_FLAG_CMDLINE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_SHOW_ERRORS,
    SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CMDLINE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER |
        SSL_CONF_FLAG_CERTIFICATE};

enum class Owner { none, context, connection };

bool is_group_list(const std::string& name) {
  return name == "Groups" || name == "Curves" || name == "ECDHParameters" || name == "-groups" ||
         name == "-curves" || name == "named_curve" || name == "-named_curve";
}

void show(const std::string& what, SSL_CTX* ctx, SSL* ssl) {
  line(what + " options", SSL_CTX_get_options(ctx) ^ (SSL_get_options(ssl) << 1));
  line(what + " verify", SSL_CTX_get_verify_mode(ctx) + 100 * SSL_get_verify_mode(ssl));
  line(what + " bounds", SSL_CTX_get_min_proto_version(ctx) + 3 * SSL_get_min_proto_version(ssl) +
                             7 * SSL_CTX_get_max_proto_version(ctx) +
                             11 * SSL_get_max_proto_version(ssl));
  line(what + " cert flags", SSL_CTX_set_cert_flags(ctx, 0) + 10 * SSL_set_cert_flags(ssl, 0));
}

void commands(unsigned flags, Owner owner) {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  SSL* ssl = SSL_new(ctx);
  SSL_CONF_CTX* conf = SSL_CONF_CTX_new();
  SSL_CONF_CTX_set_flags(conf, flags);
  if (owner == Owner::context) SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
  if (owner == Owner::connection) SSL_CONF_CTX_set_ssl(conf, ssl);
  for (const Command& command : kCommands) {
    // OpenSSL 3.0 crashes on a list of groups without an owner.
    if (owner == Owner::none && command.value != nullptr && is_group_list(command.name)) continue;
    const std::string what = std::to_string(flags) + "/" + std::to_string(static_cast<int>(owner)) +
                             " " + (command.name != nullptr ? command.name : "(null)") + " " +
                             (command.value != nullptr ? command.value : "(null)");
    line(what, SSL_CONF_cmd(conf, command.name, command.value));
    line(what + " type", command.name != nullptr ? SSL_CONF_cmd_value_type(conf, command.name) : 0);
    show(what, ctx, ssl);
  }
  line("finish", SSL_CONF_CTX_finish(conf));
  SSL_CONF_CTX_free(conf);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

void prefixes_and_arguments() {
  SSL_CONF_CTX* conf = SSL_CONF_CTX_new();
  line("set flags", SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_CMDLINE | SSL_CONF_FLAG_CLIENT));
  line("clear flags", SSL_CONF_CTX_clear_flags(conf, SSL_CONF_FLAG_CLIENT));
  line("prefix", SSL_CONF_CTX_set1_prefix(conf, "--tls-"));
  line("with prefix", SSL_CONF_cmd(conf, "--tls-bugs", nullptr));
  line("without prefix", SSL_CONF_cmd(conf, "-bugs", nullptr));
  line("prefix alone", SSL_CONF_cmd(conf, "--tls-", nullptr));
  line("no prefix", SSL_CONF_CTX_set1_prefix(conf, nullptr));
  char first[] = "-cipher";
  char second[] = "HIGH";
  char third[] = "-bugs";
  char fourth[] = "other";
  char* arguments[] = {first, second, third, fourth, nullptr};
  char** rest = arguments;
  int count = 4;
  for (int i = 0; i < 5; ++i) {
    line("argv", SSL_CONF_cmd_argv(conf, &count, &rest));
    line("argv left", count);
  }
  SSL_CONF_CTX_free(conf);
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  for (const unsigned flags : kFlags) {
    for (const Owner owner : {Owner::none, Owner::context, Owner::connection}) {
      commands(flags, owner);
    }
  }
  prefixes_and_arguments();
  return 0;
}
