#include "keys/prf12.h"

#include <algorithm>

#include "crypto/cbc.h"

namespace ciao::tls {
namespace {

struct KeySizes {
  std::size_t mac;
  std::size_t key;
  std::size_t iv;
};

KeySizes key_sizes(const Suite& suite) {
  // The IVs of block ciphers travel in the records.
  if (suite.aead == AeadId::none) return {mac_size(suite.mac), cbc_key_size(suite.cbc), 0};
  constexpr std::size_t kSaltSize = 4;
  const bool implicit = suite.aead == AeadId::chacha20_poly1305;
  return {0, aead_key_size(suite.aead), implicit ? kAeadNonceSize : kSaltSize};
}

// RFC 5705 §4 keeps exported secrets apart from TLS's own by their labels. What only begins with
// one of those is refused, too, as in OpenSSL: the seed behind the label has no mark of its own.
bool is_label_of_tls(std::string_view label) {
  constexpr std::string_view kLabels[] = {"client finished", "server finished", "master secret",
                                          "extended master secret", "key expansion"};
  return std::ranges::any_of(kLabels, [&](std::string_view own) { return label.starts_with(own); });
}

}  // namespace

//  P_hash(secret, seed) = HMAC_hash(secret, A(1) + seed) + HMAC_hash(secret, A(2) + seed) + ...
//  A(0) = seed, A(i) = HMAC_hash(secret, A(i-1)); the seed begins with the label.
Result<void> prf12(const Algorithms& algorithms, HashId hash, ByteView secret,
                   std::string_view label, std::initializer_list<ByteView> seed, MutableBytes out) {
  Bytes labelled = to_bytes(as_bytes(label));
  for (const ByteView part : seed) labelled.insert(labelled.end(), part.begin(), part.end());
  HashSecret a = TRY(hmac(algorithms, hash, secret, {labelled}));
  while (!out.empty()) {
    const HashSecret block = TRY(hmac(algorithms, hash, secret, {a.view(), labelled}));
    const std::size_t taken = std::min(out.size(), block.size());
    copy_bytes(out.data(), block.view().first(taken));
    out = out.subspan(taken);
    if (!out.empty()) a = TRY(hmac(algorithms, hash, secret, {a.view()}));
  }
  return {};
}

SecretBytes psk_premaster(ByteView other, ByteView psk) {
  // struct { opaque other_secret<0..2^16-1>; opaque psk<0..2^16-1>; }
  SecretBytes premaster(2 + other.size() + 2 + psk.size());
  std::uint8_t* to = premaster.bytes().data();
  for (const ByteView part : {other, psk}) {
    *to++ = static_cast<std::uint8_t>(part.size() >> 8);
    *to++ = static_cast<std::uint8_t>(part.size());
    copy_bytes(to, part);
    to += part.size();
  }
  return premaster;
}

Result<MasterSecret> master_secret(const Algorithms& algorithms, HashId hash, ByteView premaster,
                                   ByteView client_random, ByteView server_random) {
  MasterSecret master;
  TRY(prf12(algorithms, hash, premaster, "master secret", {client_random, server_random},
            master.resize(kMasterSecretSize)));
  return master;
}

Result<MasterSecret> extended_master_secret(const Algorithms& algorithms, HashId hash,
                                            ByteView premaster, ByteView session_hash) {
  MasterSecret master;
  TRY(prf12(algorithms, hash, premaster, "extended master secret", {session_hash},
            master.resize(kMasterSecretSize)));
  return master;
}

Result<KeyBlock12> key_block12(const Algorithms& algorithms, const Suite& suite, ByteView master,
                               ByteView client_random, ByteView server_random) {
  const KeySizes sizes = key_sizes(suite);
  SecretBytes block(2 * (sizes.mac + sizes.key + sizes.iv));
  TRY(prf12(algorithms, suite.hash, master, "key expansion", {server_random, client_random},
            block.bytes()));
  ByteView rest = block.view();
  const auto take = [&](auto& secret, std::size_t size) {
    secret.assign(rest.first(size));
    rest = rest.subspan(size);
  };
  KeyBlock12 keys;
  take(keys.client_mac_key, sizes.mac);
  take(keys.server_mac_key, sizes.mac);
  take(keys.client_key, sizes.key);
  take(keys.server_key, sizes.key);
  take(keys.client_iv, sizes.iv);
  take(keys.server_iv, sizes.iv);
  return keys;
}

Result<VerifyData> verify_data12(const Algorithms& algorithms, HashId hash, ByteView master,
                                 Role sender, ByteView transcript) {
  VerifyData data;
  TRY(prf12(algorithms, hash, master,
            sender == Role::client ? "client finished" : "server finished", {transcript},
            data.resize(kVerifyDataSize)));
  return data;
}

Result<void> export_keying_material12(const Algorithms& algorithms, HashId hash, ByteView master,
                                      ByteView client_random, ByteView server_random,
                                      std::string_view label, std::optional<ByteView> context,
                                      MutableBytes out) {
  if (is_label_of_tls(label)) {
    return Error{Reason::tls_illegal_exporter_label, AlertDescription::internal_error};
  }
  if (out.empty()) return crypto_failure();
  if (!context) return prf12(algorithms, hash, master, label, {client_random, server_random}, out);
  if (context->size() > 0xffff) return internal_error();
  const std::uint8_t size[] = {static_cast<std::uint8_t>(context->size() >> 8),
                               static_cast<std::uint8_t>(context->size())};
  return prf12(algorithms, hash, master, label, {client_random, server_random, size, *context},
               out);
}

}  // namespace ciao::tls
