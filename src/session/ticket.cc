#include "session/ticket.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"

namespace ciao::tls {

TicketKey TicketKey::parse(ByteView bytes) {
  TicketKey key;
  copy_bytes(key.name.data(), bytes.first(kTicketKeyNameSize));
  key.mac_key.assign(bytes.subspan(kTicketKeyNameSize, kTicketMacKeySize));
  key.cipher_key.assign(bytes.subspan(kTicketKeyNameSize + kTicketMacKeySize, kCbcKeySize));
  return key;
}

void TicketKey::write(MutableBytes out) const {
  copy_bytes(out.data(), name);
  copy_bytes(out.data() + kTicketKeyNameSize, mac_key.view());
  copy_bytes(out.data() + kTicketKeyNameSize + mac_key.size(), cipher_key.view());
}

Result<TicketKey> TicketKey::generate(const Algorithms& algorithms) {
  TicketKey key;
  TRY(random_bytes(algorithms, key.name));
  TRY(random_secret(algorithms, key.mac_key.resize(kTicketMacKeySize)));
  TRY(random_secret(algorithms, key.cipher_key.resize(kCbcKeySize)));
  return key;
}

Result<Bytes> seal_ticket(const Algorithms& algorithms, const TicketKey& key, ByteView state) {
  std::uint8_t iv[kCbcIvSize];
  TRY(random_bytes(algorithms, iv));
  const Bytes encrypted = TRY(cbc_encrypt(algorithms, key.cipher_key.view(), iv, state));
  Bytes ticket;
  ticket.reserve(kTicketKeyNameSize + kCbcIvSize + encrypted.size() + kTicketMacSize);
  ticket.insert(ticket.end(), key.name.begin(), key.name.end());
  ticket.insert(ticket.end(), std::begin(iv), std::end(iv));
  ticket.insert(ticket.end(), encrypted.begin(), encrypted.end());
  const HashSecret mac = TRY(hmac(algorithms, HashId::sha256, key.mac_key.view(), {ticket}));
  ticket.insert(ticket.end(), mac.view().begin(), mac.view().end());
  return ticket;
}

Result<std::optional<OpenedTicket>> open_ticket(const Algorithms& algorithms,
                                                const TicketKeys& keys, ByteView ticket) {
  if (ticket.size() <= kTicketKeyNameSize + kCbcIvSize + kTicketMacSize) {
    return std::optional<OpenedTicket>();
  }
  const ByteView name = ticket.first(kTicketKeyNameSize);
  const auto key = std::find_if(keys.keys.begin(), keys.keys.end(),
                                [&](const TicketKey& each) { return equal(each.name, name); });
  if (key == keys.keys.end()) return std::optional<OpenedTicket>();
  const ByteView covered = ticket.first(ticket.size() - kTicketMacSize);
  const HashSecret mac = TRY(hmac(algorithms, HashId::sha256, key->mac_key.view(), {covered}));
  if (!constant_time_equal(mac.view(), ticket.last(kTicketMacSize))) {
    return std::optional<OpenedTicket>();
  }
  const ByteView iv = covered.subspan(kTicketKeyNameSize, kCbcIvSize);
  Result<Bytes> state = cbc_decrypt(algorithms, key->cipher_key.view(), iv,
                                    covered.subspan(kTicketKeyNameSize + kCbcIvSize));
  if (!state) return std::optional<OpenedTicket>();
  return std::optional(OpenedTicket{std::move(*state), key == keys.keys.begin()});
}

Ref<const TicketKeys> TicketKeyRing::snapshot() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

void TicketKeyRing::set(TicketKey key) {
  const Ref<TicketKeys> only = make_ref<TicketKeys>();
  only->keys.push_back(std::move(key));
  replace(only);
}

void TicketKeyRing::rotate(TicketKey key) {
  const Ref<TicketKeys> next = make_ref<TicketKeys>();
  next->keys.push_back(std::move(key));
  if (const Ref<const TicketKeys> now = snapshot()) {
    const std::size_t kept = std::min(now->keys.size(), kMaxOldKeys);
    next->keys.insert(next->keys.end(), now->keys.begin(),
                      now->keys.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  replace(next);
}

void TicketKeyRing::replace(Ref<const TicketKeys> keys) {
  const std::lock_guard lock(mutex_);
  std::swap(keys_, keys);
}

}  // namespace ciao::tls
