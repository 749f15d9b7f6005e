#include "crypto/hkdf.h"

namespace ciao::tls {

Result<HashSecret> hkdf_extract(const Algorithms& algorithms, HashId hash, ByteView salt,
                                ByteView input) {
  return hmac(algorithms, hash, salt, {input});
}

Result<void> hkdf_expand_label(const Algorithms& algorithms, HashId hash, ByteView secret,
                               std::string_view label, ByteView context, MutableBytes out) {
  // struct { uint16 length; opaque label<7..255> = "tls13 " + Label; opaque context<0..255>; }
  // HkdfLabel
  constexpr std::string_view kPrefix = "tls13 ";
  const std::size_t rounds = (out.size() + hash_size(hash) - 1) / hash_size(hash);
  if (kPrefix.size() + label.size() > 255 || context.size() > 255 || rounds > 255)
    return crypto_failure();
  const std::uint8_t head[] = {static_cast<std::uint8_t>(out.size() >> 8),
                               static_cast<std::uint8_t>(out.size()),
                               static_cast<std::uint8_t>(kPrefix.size() + label.size())};
  const std::uint8_t context_length = static_cast<std::uint8_t>(context.size());

  HashSecret previous;
  std::size_t done = 0;
  for (std::uint8_t round = 1; done < out.size(); ++round) {
    previous = TRY(hmac(algorithms, hash, secret,
                        {previous.view(),
                         head,
                         as_bytes(kPrefix),
                         as_bytes(label),
                         {&context_length, 1},
                         context,
                         {&round, 1}}));
    const std::size_t take = std::min(previous.size(), out.size() - done);
    copy_bytes(out.data() + done, previous.view().first(take));
    done += take;
  }
  return {};
}

Result<HashSecret> derive_secret(const Algorithms& algorithms, HashId hash, ByteView secret,
                                 std::string_view label, ByteView transcript_hash) {
  HashSecret derived;
  TRY(hkdf_expand_label(algorithms, hash, secret, label, transcript_hash,
                        derived.resize(hash_size(hash))));
  return derived;
}

}  // namespace ciao::tls
