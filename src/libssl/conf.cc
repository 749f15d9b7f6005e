// SSL_CONF_CTX_new(3), SSL_CONF_cmd(3), SSL_CTX_config(3).
#include <openssl/ssl.h>

#include <new>
#include <string>

#include "libssl/conf_commands.h"
#include "libssl/conf_system.h"
#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

// Moves past the prefix; false when the name does not have it. Without a prefix of the
// application's an option begins with a dash.
bool skip_prefix(const SSL_CONF_CTX& conf, const char*& name) {
  if (name == nullptr) return false;
  if (conf.prefix) {
    const std::string& prefix = *conf.prefix;
    if (std::string_view(name).size() <= prefix.size()) return false;
    if (conf.has(SSL_CONF_FLAG_CMDLINE) && !std::string_view(name).starts_with(prefix))
      return false;
    if (conf.has(SSL_CONF_FLAG_FILE) &&
        OPENSSL_strncasecmp(name, prefix.c_str(), prefix.size()) != 0) {
      return false;
    }
    name += prefix.size();
    return true;
  }
  if (conf.has(SSL_CONF_FLAG_CMDLINE)) {
    if (name[0] != '-' || name[1] == '\0') return false;
    ++name;
  }
  return true;
}

void show_error(const SSL_CONF_CTX& conf, Reason reason, const std::string& what) {
  if (conf.has(SSL_CONF_FLAG_SHOW_ERRORS)) raise(reason, what.c_str());
}

int bad_value(const SSL_CONF_CTX& conf, const char* name, const char* value, int answer) {
  const char* shown = value != nullptr ? value : "<EMPTY>";
  show_error(conf, Reason::bad_value, std::string("cmd=") + name + ", value=" + shown);
  return answer;
}

int run_command(SSL_CONF_CTX& conf, const char* name, const char* value) {
  const bool prefixed = skip_prefix(conf, name);
  const ConfCommand* command = prefixed ? find_conf_command(conf, name) : nullptr;
  if (command == nullptr) {
    show_error(conf, Reason::unknown_cmd_name, std::string("cmd=") + name);
    return -2;
  }
  if (command->value_type == SSL_CONF_TYPE_NONE) return apply_switch(conf, name);
  if (value == nullptr) return bad_value(conf, name, value, -3);
  const int done = command->apply(conf, value);
  if (done > 0) return 2;  // two words of a command line
  return bad_value(conf, name, value, done == -2 ? -2 : 0);
}

const Credentials* credentials_of(const SSL_CONF_CTX& conf) {
  if (conf.ctx != nullptr) return conf.ctx->config->credentials.get();
  return conf.ssl != nullptr ? config_of(conf.ssl).credentials.get() : nullptr;
}

// Certificates whose key was not given: it may be in the same file.
bool find_missing_keys(SSL_CONF_CTX& conf) {
  if (!conf.has(SSL_CONF_FLAG_REQUIRE_PRIVATE) || credentials_of(conf) == nullptr) return true;
  for (std::size_t i = 0; i < kKeyKindCount; ++i) {
    const std::string& file = conf.certificate_files[i];
    if (file.empty() || credentials_of(conf)->slot(static_cast<KeyKind>(i)).key) continue;
    if (load_private_key_command(conf, file.c_str()) == 0) return false;
  }
  return true;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

SSL_CONF_CTX* SSL_CONF_CTX_new(void) { return new (std::nothrow) SSL_CONF_CTX; }

void SSL_CONF_CTX_free(SSL_CONF_CTX* cctx) { delete cctx; }

int SSL_CONF_CTX_finish(SSL_CONF_CTX* cctx) {
  return guard(0, [&] {
    if (!find_missing_keys(*cctx)) return 0;
    if (!cctx->ca_names) return 1;
    STACK_OF(X509_NAME)* names = cctx->ca_names.release();
    if (cctx->ssl != nullptr) {
      SSL_set0_CA_list(cctx->ssl, names);
    } else if (cctx->ctx != nullptr) {
      SSL_CTX_set0_CA_list(cctx->ctx, names);
    } else {
      sk_X509_NAME_pop_free(names, X509_NAME_free);
    }
    return 1;
  });
}

unsigned int SSL_CONF_CTX_set_flags(SSL_CONF_CTX* cctx, unsigned int flags) {
  return cctx->flags |= flags;
}

unsigned int SSL_CONF_CTX_clear_flags(SSL_CONF_CTX* cctx, unsigned int flags) {
  return cctx->flags &= ~flags;
}

int SSL_CONF_CTX_set1_prefix(SSL_CONF_CTX* cctx, const char* pre) {
  return guard(0, [&] {
    if (pre != nullptr) {
      cctx->prefix = pre;
    } else {
      cctx->prefix.reset();
    }
    return 1;
  });
}

void SSL_CONF_CTX_set_ssl(SSL_CONF_CTX* cctx, SSL* ssl) {
  cctx->ssl = ssl;
  cctx->ctx = nullptr;
}

void SSL_CONF_CTX_set_ssl_ctx(SSL_CONF_CTX* cctx, SSL_CTX* ctx) {
  cctx->ctx = ctx;
  cctx->ssl = nullptr;
}

// 2 or 1: words used up; -2 for an unknown command, 0 or -3 for a wrong or missing value.
int SSL_CONF_cmd(SSL_CONF_CTX* cctx, const char* cmd, const char* value) {
  if (cmd == nullptr) {
    raise(Reason::invalid_null_cmd_name);
    return 0;
  }
  return guard(0, [&] { return run_command(*cctx, cmd, value); });
}

int SSL_CONF_cmd_argv(SSL_CONF_CTX* cctx, int* pargc, char*** pargv) {
  if (pargc != nullptr && *pargc <= 0) return 0;
  const char* name = (*pargv)[0];
  if (name == nullptr) return 0;
  const char* value = pargc == nullptr || *pargc > 1 ? (*pargv)[1] : nullptr;
  cctx->flags &= ~static_cast<unsigned int>(SSL_CONF_FLAG_FILE);
  cctx->flags |= SSL_CONF_FLAG_CMDLINE;
  const int used = SSL_CONF_cmd(cctx, name, value);
  if (used > 0) {
    *pargv += used;
    if (pargc != nullptr) *pargc -= used;
    return used;
  }
  // An unknown option is somebody else's; a wrong value is an error.
  if (used == -2) return 0;
  return used == 0 ? -1 : used;
}

int SSL_CONF_cmd_value_type(SSL_CONF_CTX* cctx, const char* cmd) {
  if (!skip_prefix(*cctx, cmd)) return SSL_CONF_TYPE_UNKNOWN;
  const ConfCommand* command = find_conf_command(*cctx, cmd);
  return command != nullptr ? command->value_type : SSL_CONF_TYPE_UNKNOWN;
}

int SSL_CTX_config(SSL_CTX* ctx, const char* name) {
  return guard(0, [&] { return apply_named_configuration(ctx, name); });
}

int SSL_config(SSL* s, const char* name) {
  return guard(0, [&] { return apply_named_configuration(s, name); });
}

// libcrypto reads the section by itself.
void SSL_add_ssl_module(void) {}

}  // extern "C"
