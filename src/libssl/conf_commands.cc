#include "libssl/conf_commands.h"

#include <openssl/pem.h>

#include <cstdlib>

#include "libssl/certificate_files.h"
#include "libssl/owner.h"
#include "libssl/version_bounds.h"

namespace ciao::tls {
namespace {

// Calls `action` for the connection or the context; without either there is nothing to be wrong.
template <class Action>
int for_owner(SSL_CONF_CTX& conf, Action action) {
  if (conf.ctx != nullptr) return action(conf.ctx) > 0 ? 1 : 0;
  if (conf.ssl != nullptr) return action(conf.ssl) > 0 ? 1 : 0;
  return 1;
}

const Algorithms* algorithms_of(const SSL_CONF_CTX& conf) {
  if (conf.ctx != nullptr) return conf.ctx->algorithms.get();
  return conf.ssl != nullptr ? conf.ssl->ctx->algorithms.get() : nullptr;
}

// The macros want char* although they only read.
void* list(const char* value) { return const_cast<char*>(value); }

// --- algorithms ---------------------------------------------------------------------------------

// Lists are checked even without an owner.
int apply_list(SSL_CONF_CTX& conf, int command, const char* value) {
  const long done = conf.ssl != nullptr ? SSL_ctrl(conf.ssl, command, 0, list(value))
                                        : SSL_CTX_ctrl(conf.ctx, command, 0, list(value));
  return done > 0 ? 1 : 0;
}

int signature_algorithms(SSL_CONF_CTX& conf, const char* value) {
  return apply_list(conf, SSL_CTRL_SET_SIGALGS_LIST, value);
}

int client_signature_algorithms(SSL_CONF_CTX& conf, const char* value) {
  return apply_list(conf, SSL_CTRL_SET_CLIENT_SIGALGS_LIST, value);
}

int groups(SSL_CONF_CTX& conf, const char* value) {
  return apply_list(conf, SSL_CTRL_SET_GROUPS_LIST, value);
}

// One group, from the time when a server had one curve. "auto" is what happens anyway.
int ecdh_parameters(SSL_CONF_CTX& conf, const char* value) {
  const bool in_file = conf.has(SSL_CONF_FLAG_FILE);
  if (in_file && (OPENSSL_strcasecmp(value, "+automatic") == 0 ||
                  OPENSSL_strcasecmp(value, "automatic") == 0)) {
    return 1;
  }
  if (conf.has(SSL_CONF_FLAG_CMDLINE) && std::string_view(value) == "auto") return 1;
  if (std::string_view(value).find(':') != std::string_view::npos) return 0;
  if (conf.ctx == nullptr && conf.ssl == nullptr) return 1;
  return apply_list(conf, SSL_CTRL_SET_GROUPS_LIST, value);
}

int call_set_cipher_list(SSL* ssl, const char* value) { return SSL_set_cipher_list(ssl, value); }
int call_set_cipher_list(SSL_CTX* ctx, const char* value) {
  return SSL_CTX_set_cipher_list(ctx, value);
}
int call_set_ciphersuites(SSL* ssl, const char* value) { return SSL_set_ciphersuites(ssl, value); }
int call_set_ciphersuites(SSL_CTX* ctx, const char* value) {
  return SSL_CTX_set_ciphersuites(ctx, value);
}

int cipher_string(SSL_CONF_CTX& conf, const char* value) {
  return for_owner(conf, [&](auto* owner) { return call_set_cipher_list(owner, value); });
}

int ciphersuites(SSL_CONF_CTX& conf, const char* value) {
  return for_owner(conf, [&](auto* owner) { return call_set_ciphersuites(owner, value); });
}

// --- versions -----------------------------------------------------------------------------------

int version_from_name(std::string_view name) {
  struct Version {
    std::string_view name;
    int number;
  };
  constexpr Version kVersions[] = {
      {"None", 0},
      {"SSLv3", SSL3_VERSION},
      {"TLSv1", TLS1_VERSION},
      {"TLSv1.1", TLS1_1_VERSION},
      {"TLSv1.2", TLS1_2_VERSION},
      {"TLSv1.3", TLS1_3_VERSION},
      {"DTLSv1", DTLS1_VERSION},
      {"DTLSv1.2", DTLS1_2_VERSION},
  };
  for (const Version& version : kVersions) {
    if (version.name == name) return version.number;
  }
  return -1;
}

template <class Owner>
int set_bound(Owner* owner, Bound bound, int version) {
  const SSL_METHOD& method = *context_of(owner)->method;
  // The other bound may be of the other kind here: each line of a file is looked at by itself.
  Settings bounds;
  bounds.min_version = bound == Bound::min ? settings_of(owner).min_version : 0;
  bounds.max_version = bound == Bound::max ? settings_of(owner).max_version : 0;
  if (!set_version_bound(method, bound, version, bounds)) return 0;
  Settings& settings = edit_settings(owner);
  if (bound == Bound::min) settings.min_version = bounds.min_version;
  if (bound == Bound::max) settings.max_version = bounds.max_version;
  apply_version_bounds(method_of(owner), settings, edit_config(owner));
  return 1;
}

int apply_bound(SSL_CONF_CTX& conf, Bound bound, const char* value) {
  if (conf.ctx == nullptr && conf.ssl == nullptr) return 0;
  const int version = version_from_name(value);
  if (version < 0) return 0;
  return for_owner(conf, [&](auto* owner) { return set_bound(owner, bound, version); });
}

int min_protocol(SSL_CONF_CTX& conf, const char* value) {
  return apply_bound(conf, Bound::min, value);
}

int max_protocol(SSL_CONF_CTX& conf, const char* value) {
  return apply_bound(conf, Bound::max, value);
}

// --- certificates -------------------------------------------------------------------------------

int call_use_chain_file(SSL* ssl, const char* value) {
  return SSL_use_certificate_chain_file(ssl, value);
}
int call_use_chain_file(SSL_CTX* ctx, const char* value) {
  return SSL_CTX_use_certificate_chain_file(ctx, value);
}
int call_use_key_file(SSL* ssl, const char* value) {
  return SSL_use_PrivateKey_file(ssl, value, SSL_FILETYPE_PEM);
}
int call_use_key_file(SSL_CTX* ctx, const char* value) {
  return SSL_CTX_use_PrivateKey_file(ctx, value, SSL_FILETYPE_PEM);
}

int certificate(SSL_CONF_CTX& conf, const char* value) {
  return for_owner(conf, [&](auto* owner) {
    const int used = call_use_chain_file(owner, value);
    if (used > 0 && conf.has(SSL_CONF_FLAG_REQUIRE_PRIVATE)) {
      const auto slot = static_cast<std::size_t>(config_of(owner).credentials->current);
      conf.certificate_files[slot] = value;
    }
    return used;
  });
}

int server_info_file(SSL_CONF_CTX& conf, const char* value) {
  return conf.ctx == nullptr || SSL_CTX_use_serverinfo_file(conf.ctx, value) > 0 ? 1 : 0;
}

enum class Source : std::uint8_t { file, directory, store };

template <class Owner>
int load_store(Owner* owner, StoreRef Identity::* which, Source source, const char* value) {
  StoreRef& store = edit_identity(owner).*which;
  if (!store) store = StoreRef::adopt(X509_STORE_new());
  if (!store) return 0;
  const Algorithms& algorithms = *context_of(owner)->algorithms;
  switch (source) {
    case Source::file:
      return X509_STORE_load_file_ex(store.get(), value, algorithms.libctx(),
                                     algorithms.properties());
    case Source::directory: return X509_STORE_load_path(store.get(), value);
    case Source::store:
      return X509_STORE_load_store_ex(store.get(), value, algorithms.libctx(),
                                      algorithms.properties());
  }
  return 0;
}

template <StoreRef Identity::* which, Source source>
int store_command(SSL_CONF_CTX& conf, const char* value) {
  return for_owner(conf, [&](auto* owner) { return load_store(owner, which, source, value); });
}

template <int (*add)(STACK_OF(X509_NAME) *, const char*)>
int request_ca(SSL_CONF_CTX& conf, const char* value) {
  if (!conf.ca_names) conf.ca_names.reset(sk_X509_NAME_new_null());
  return conf.ca_names ? add(conf.ca_names.get(), value) : 0;
}

int call_set_dh(SSL* ssl, EVP_PKEY* key) { return SSL_set0_tmp_dh_pkey(ssl, key); }
int call_set_dh(SSL_CTX* ctx, EVP_PKEY* key) { return SSL_CTX_set0_tmp_dh_pkey(ctx, key); }

int dh_parameters(SSL_CONF_CTX& conf, const char* value) {
  const Algorithms* algorithms = algorithms_of(conf);
  if (algorithms == nullptr) return 1;
  const Result<BioPtr> bio = open_file(value);
  if (!bio) return 0;
  EvpPkeyPtr key(PEM_read_bio_Parameters_ex(bio->get(), nullptr, algorithms->libctx(),
                                            algorithms->properties()));
  if (!key || EVP_PKEY_is_a(key.get(), "DH") != 1) return 0;
  return for_owner(conf, [&](auto* owner) {
    if (call_set_dh(owner, key.get()) != 1) return 0;
    disown(key);
    return 1;
  });
}

// --- numbers ------------------------------------------------------------------------------------

int call_set_padding(SSL* ssl, std::size_t size) { return SSL_set_block_padding(ssl, size); }
int call_set_padding(SSL_CTX* ctx, std::size_t size) {
  return SSL_CTX_set_block_padding(ctx, size);
}
int call_set_tickets(SSL* ssl, std::size_t count) { return SSL_set_num_tickets(ssl, count); }
int call_set_tickets(SSL_CTX* ctx, std::size_t count) {
  return SSL_CTX_set_num_tickets(ctx, count);
}

// As atoi: what is no number is 0. Without an owner OpenSSL has nothing to do, and says so by 0.
template <class Call>
int apply_number(SSL_CONF_CTX& conf, const char* value, Call call) {
  const long number = std::strtol(value, nullptr, 10);
  if (number < 0 || (conf.ctx == nullptr && conf.ssl == nullptr)) return 0;
  return for_owner(conf,
                   [&](auto* owner) { return call(owner, static_cast<std::size_t>(number)); });
}

int record_padding(SSL_CONF_CTX& conf, const char* value) {
  return apply_number(conf, value,
                      [](auto* owner, std::size_t n) { return call_set_padding(owner, n); });
}

int num_tickets(SSL_CONF_CTX& conf, const char* value) {
  return apply_number(conf, value,
                      [](auto* owner, std::size_t n) { return call_set_tickets(owner, n); });
}

// --- the table ----------------------------------------------------------------------------------

constexpr unsigned int kServer = SSL_CONF_FLAG_SERVER;
constexpr unsigned int kClient = SSL_CONF_FLAG_CLIENT;
constexpr unsigned int kCertificate = SSL_CONF_FLAG_CERTIFICATE;

constexpr ConfCommand a_switch(const char* name, unsigned int flags = 0) {
  return {nullptr, name, flags, SSL_CONF_TYPE_NONE, nullptr};
}

constexpr ConfCommand kCommands[] = {
    a_switch("no_ssl3"),
    a_switch("no_tls1"),
    a_switch("no_tls1_1"),
    a_switch("no_tls1_2"),
    a_switch("no_tls1_3"),
    a_switch("bugs"),
    a_switch("no_comp"),
    a_switch("comp"),
    a_switch("ecdh_single", kServer),
    a_switch("no_ticket"),
    a_switch("serverpref", kServer),
    a_switch("legacy_renegotiation"),
    a_switch("client_renegotiation", kServer),
    a_switch("legacy_server_connect", kClient),
    a_switch("no_renegotiation"),
    a_switch("no_resumption_on_reneg", kServer),
    a_switch("no_legacy_server_connect", kClient),
    a_switch("allow_no_dhe_kex"),
    a_switch("prioritize_chacha", kServer),
    a_switch("strict"),
    a_switch("no_middlebox"),
    a_switch("anti_replay", kServer),
    a_switch("no_anti_replay", kServer),
    a_switch("no_etm"),
    {"SignatureAlgorithms", "sigalgs", 0, SSL_CONF_TYPE_STRING, signature_algorithms},
    {"ClientSignatureAlgorithms", "client_sigalgs", 0, SSL_CONF_TYPE_STRING,
     client_signature_algorithms},
    {"Curves", "curves", 0, SSL_CONF_TYPE_STRING, groups},
    {"Groups", "groups", 0, SSL_CONF_TYPE_STRING, groups},
    {"ECDHParameters", "named_curve", kServer, SSL_CONF_TYPE_STRING, ecdh_parameters},
    {"CipherString", "cipher", 0, SSL_CONF_TYPE_STRING, cipher_string},
    {"Ciphersuites", "ciphersuites", 0, SSL_CONF_TYPE_STRING, ciphersuites},
    {"Protocol", nullptr, 0, SSL_CONF_TYPE_STRING, apply_protocol},
    {"MinProtocol", "min_protocol", 0, SSL_CONF_TYPE_STRING, min_protocol},
    {"MaxProtocol", "max_protocol", 0, SSL_CONF_TYPE_STRING, max_protocol},
    {"Options", nullptr, 0, SSL_CONF_TYPE_STRING, apply_options},
    {"VerifyMode", nullptr, 0, SSL_CONF_TYPE_STRING, apply_verify_mode},
    {"Certificate", "cert", kCertificate, SSL_CONF_TYPE_FILE, certificate},
    {"PrivateKey", "key", kCertificate, SSL_CONF_TYPE_FILE, load_private_key_command},
    {"ServerInfoFile", nullptr, kServer | kCertificate, SSL_CONF_TYPE_FILE, server_info_file},
    {"ChainCAPath", "chainCApath", kCertificate, SSL_CONF_TYPE_DIR,
     store_command<&Identity::chain_store, Source::directory>},
    {"ChainCAFile", "chainCAfile", kCertificate, SSL_CONF_TYPE_FILE,
     store_command<&Identity::chain_store, Source::file>},
    {"ChainCAStore", "chainCAstore", kCertificate, SSL_CONF_TYPE_STORE,
     store_command<&Identity::chain_store, Source::store>},
    {"VerifyCAPath", "verifyCApath", kCertificate, SSL_CONF_TYPE_DIR,
     store_command<&Identity::verify_store, Source::directory>},
    {"VerifyCAFile", "verifyCAfile", kCertificate, SSL_CONF_TYPE_FILE,
     store_command<&Identity::verify_store, Source::file>},
    {"VerifyCAStore", "verifyCAstore", kCertificate, SSL_CONF_TYPE_STORE,
     store_command<&Identity::verify_store, Source::store>},
    {"RequestCAFile", "requestCAFile", kCertificate, SSL_CONF_TYPE_FILE,
     request_ca<SSL_add_file_cert_subjects_to_stack>},
    {"ClientCAFile", nullptr, kServer | kCertificate, SSL_CONF_TYPE_FILE,
     request_ca<SSL_add_file_cert_subjects_to_stack>},
    {"RequestCAPath", nullptr, kCertificate, SSL_CONF_TYPE_DIR,
     request_ca<SSL_add_dir_cert_subjects_to_stack>},
    {"ClientCAPath", nullptr, kServer | kCertificate, SSL_CONF_TYPE_DIR,
     request_ca<SSL_add_dir_cert_subjects_to_stack>},
    {"RequestCAStore", "requestCAStore", kCertificate, SSL_CONF_TYPE_STORE,
     request_ca<SSL_add_store_cert_subjects_to_stack>},
    {"ClientCAStore", nullptr, kServer | kCertificate, SSL_CONF_TYPE_STORE,
     request_ca<SSL_add_store_cert_subjects_to_stack>},
    {"DHParameters", "dhparam", kServer | kCertificate, SSL_CONF_TYPE_FILE, dh_parameters},
    {"RecordPadding", "record_padding", 0, SSL_CONF_TYPE_STRING, record_padding},
    {"NumTickets", "num_tickets", kServer, SSL_CONF_TYPE_STRING, num_tickets},
};

bool named(const SSL_CONF_CTX& conf, const ConfCommand& command, const char* name) {
  if (conf.has(SSL_CONF_FLAG_CMDLINE) && command.command_line != nullptr &&
      std::string_view(command.command_line) == name) {
    return true;
  }
  return conf.has(SSL_CONF_FLAG_FILE) && command.file_name != nullptr &&
         OPENSSL_strcasecmp(command.file_name, name) == 0;
}

}  // namespace

const ConfCommand* find_conf_command(const SSL_CONF_CTX& conf, const char* name) {
  for (const ConfCommand& command : kCommands) {
    const bool allowed = (command.flags & conf.flags) == command.flags;
    if (allowed && named(conf, command, name)) return &command;
  }
  return nullptr;
}

int load_private_key_command(SSL_CONF_CTX& conf, const char* value) {
  if (!conf.has(SSL_CONF_FLAG_CERTIFICATE)) return -2;
  return for_owner(conf, [&](auto* owner) { return call_use_key_file(owner, value); });
}

}  // namespace ciao::tls
