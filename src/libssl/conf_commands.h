// The commands of SSL_CONF_cmd(3).
#pragma once

#include <openssl/ssl.h>

#include <string_view>

#include "libssl/ssl_conf_ctx_st.h"

namespace ciao::tls {

struct ConfCommand {
  const char* file_name;     // in a configuration file, any case; null: not there
  const char* command_line;  // as an option, without its prefix; null: not there
  unsigned int flags;        // SSL_CONF_FLAG_SERVER, _CLIENT, _CERTIFICATE: all must be set
  int value_type;            // SSL_CONF_TYPE_*
  // More than 0 for success, -2 for a command that is not for this kind of use.
  int (*apply)(SSL_CONF_CTX& conf, const char* value);
};

// Null when there is no such command, or not under these flags. `name` is without prefix.
const ConfCommand* find_conf_command(const SSL_CONF_CTX& conf, const char* name);

// The command "PrivateKey", for certificates whose key is in the same file.
int load_private_key_command(SSL_CONF_CTX& conf, const char* value);

// The switches of the command line, and the words of Options, Protocol and VerifyMode.
int apply_switch(SSL_CONF_CTX& conf, const char* name);
int apply_options(SSL_CONF_CTX& conf, const char* value);
int apply_protocol(SSL_CONF_CTX& conf, const char* value);
int apply_verify_mode(SSL_CONF_CTX& conf, const char* value);

}  // namespace ciao::tls
