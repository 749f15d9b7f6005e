#include "libssl/conf_system.h"

#include <memory>
#include <string>

#include "libssl/owner.h"
#include "libssl/raise.h"

// libcrypto's only way to what it read from the section. Exported, but in no public header.
struct ssl_conf_cmd_st;
extern "C" {
const ssl_conf_cmd_st* conf_ssl_get(size_t idx, const char** name, size_t* cnt);
int conf_ssl_name_find(const char* name, size_t* idx);
void conf_ssl_get_cmd(const ssl_conf_cmd_st* cmd, size_t idx, char** cmdstr, char** arg);
}

namespace ciao::tls {
namespace {

constexpr char kSystemDefault[] = "system_default";

struct ConfFree {
  void operator()(SSL_CONF_CTX* conf) const { SSL_CONF_CTX_free(conf); }
};

void set_owner(SSL_CONF_CTX* conf, SSL* ssl) { SSL_CONF_CTX_set_ssl(conf, ssl); }
void set_owner(SSL_CONF_CTX* conf, SSL_CTX* ctx) { SSL_CONF_CTX_set_ssl_ctx(conf, ctx); }

// Commands may fetch: from the owner's library context, not the default one.
class DefaultLibraryContext {
 public:
  explicit DefaultLibraryContext(OSSL_LIB_CTX* context)
      : previous_(OSSL_LIB_CTX_set0_default(context)) {}
  ~DefaultLibraryContext() { OSSL_LIB_CTX_set0_default(previous_); }
  DefaultLibraryContext(const DefaultLibraryContext&) = delete;
  DefaultLibraryContext& operator=(const DefaultLibraryContext&) = delete;

 private:
  OSSL_LIB_CTX* previous_;
};

unsigned int role_flags(const SSL_METHOD& method) {
  unsigned int flags = 0;
  if (method.use != SSL_METHOD::Use::client) flags |= SSL_CONF_FLAG_SERVER;
  if (method.use != SSL_METHOD::Use::server) flags |= SSL_CONF_FLAG_CLIENT;
  return flags;
}

// Runs every command, wrong ones notwithstanding; whether all were right.
template <class Owner>
bool run_section(Owner* owner, std::size_t index, unsigned int extra_flags) {
  const std::unique_ptr<SSL_CONF_CTX, ConfFree> conf(SSL_CONF_CTX_new());
  if (!conf) return false;
  set_owner(conf.get(), owner);
  SSL_CONF_CTX_set_flags(conf.get(),
                         SSL_CONF_FLAG_FILE | role_flags(method_of(owner)) | extra_flags);
  const DefaultLibraryContext library(context_of(owner)->algorithms->libctx());
  const char* name = nullptr;
  std::size_t count = 0;
  const ssl_conf_cmd_st* commands = conf_ssl_get(index, &name, &count);
  bool right = true;
  for (std::size_t i = 0; i < count; ++i) {
    char* command = nullptr;
    char* argument = nullptr;
    conf_ssl_get_cmd(commands, i, &command, &argument);
    if (SSL_CONF_cmd(conf.get(), command, argument) <= 0) right = false;
  }
  return SSL_CONF_CTX_finish(conf.get()) == 1 && right;
}

template <class Owner>
int run_named(Owner* owner, const char* name) {
  if (owner == nullptr) {
    raise(Reason::passed_null_parameter);
    return 0;
  }
  std::size_t index = 0;
  if (name == nullptr || conf_ssl_name_find(name, &index) == 0) {
    const std::string wanted = std::string("name=") + (name != nullptr ? name : "(null)");
    raise(Reason::invalid_configuration_name, wanted.c_str());
    return 0;
  }
  constexpr unsigned int kFlags = SSL_CONF_FLAG_CERTIFICATE | SSL_CONF_FLAG_REQUIRE_PRIVATE;
  return run_section(owner, index, kFlags) ? 1 : 0;
}

}  // namespace

void apply_system_configuration(SSL_CTX* ctx) {
  std::size_t index = 0;
  if (conf_ssl_name_find(kSystemDefault, &index) != 0) run_section(ctx, index, 0);
}

int apply_named_configuration(SSL_CTX* ctx, const char* name) { return run_named(ctx, name); }
int apply_named_configuration(SSL* ssl, const char* name) { return run_named(ssl, name); }

}  // namespace ciao::tls
