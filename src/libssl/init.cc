// OPENSSL_init_ssl(3).
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "libssl/raise.h"

namespace ciao::tls {
namespace {

// The first caller decides for the whole process whether the reason texts are loaded, as in
// OpenSSL: OPENSSL_INIT_NO_LOAD_SSL_STRINGS is there to save their memory and must be able to win.
bool decide_on_strings(bool load) {
  static const bool kOk = !load || load_reason_strings();
  return kOk;
}

}  // namespace
}  // namespace ciao::tls

extern "C" int OPENSSL_init_ssl(uint64_t opts, const OPENSSL_INIT_SETTINGS* settings) {
  opts |= OPENSSL_INIT_ADD_ALL_CIPHERS | OPENSSL_INIT_ADD_ALL_DIGESTS;
  if ((opts & OPENSSL_INIT_NO_LOAD_CONFIG) == 0) opts |= OPENSSL_INIT_LOAD_CONFIG;

  // Fails, with an entry of its own, once OPENSSL_cleanup has run.
  if (OPENSSL_init_crypto(opts, settings) != 1) return 0;

  const bool refuse = (opts & OPENSSL_INIT_NO_LOAD_SSL_STRINGS) != 0;
  const bool ask = (opts & OPENSSL_INIT_LOAD_SSL_STRINGS) != 0;
  if (!refuse && !ask) return 1;
  return ciao::tls::decide_on_strings(!refuse) ? 1 : 0;
}
