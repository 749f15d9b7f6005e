// TLS 1.2's pseudorandom function, and everything that is derived with it (RFC 5246 §5, §6.3,
// §7.4.9, §8.1; RFC 7627; RFC 5705).
#pragma once

#include <optional>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/record_mac.h"
#include "crypto/suites.h"

namespace ciao::tls {

constexpr std::size_t kMasterSecretSize = 48;
constexpr std::size_t kVerifyDataSize = 12;
using MasterSecret = Secret<kMasterSecretSize>;
using VerifyData = Secret<kVerifyDataSize>;

// PRF(secret, label, seed), the seed in parts; fills `out`.
Result<void> prf12(const Algorithms& algorithms, HashId hash, ByteView secret,
                   std::string_view label, std::initializer_list<ByteView> seed, MutableBytes out);

// RFC 4279 §2: the premaster secret of PSK suites. `other` is the (EC)DHE result; for plain PSK it
// is as many zeros as the key is long.
SecretBytes psk_premaster(ByteView other, ByteView psk);

// RFC 5246 §8.1
Result<MasterSecret> master_secret(const Algorithms& algorithms, HashId hash, ByteView premaster,
                                   ByteView client_random, ByteView server_random);
// RFC 7627 §4: `session_hash` is the transcript up to ClientKeyExchange.
Result<MasterSecret> extended_master_secret(const Algorithms& algorithms, HashId hash,
                                            ByteView premaster, ByteView session_hash);

// RFC 5246 §6.3, RFC 5288 §3, RFC 7905 §2
struct KeyBlock12 {
  Secret<kMaxMacSize> client_mac_key;
  Secret<kMaxMacSize> server_mac_key;
  Secret<kMaxAeadKeySize> client_key;
  Secret<kMaxAeadKeySize> server_key;
  Secret<kAeadNonceSize> client_iv;
  Secret<kAeadNonceSize> server_iv;
};
Result<KeyBlock12> key_block12(const Algorithms& algorithms, const Suite& suite, ByteView master,
                               ByteView client_random, ByteView server_random);

// RFC 5246 §7.4.9: the content of `sender`'s Finished after this transcript.
Result<VerifyData> verify_data12(const Algorithms& algorithms, HashId hash, ByteView master,
                                 Role sender, ByteView transcript);

// RFC 5705 §4: without a context the result is another one than with an empty context.
Result<void> export_keying_material12(const Algorithms& algorithms, HashId hash, ByteView master,
                                      ByteView client_random, ByteView server_random,
                                      std::string_view label, std::optional<ByteView> context,
                                      MutableBytes out);

}  // namespace ciao::tls
