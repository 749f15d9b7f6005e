#include "keys/transcript.h"

namespace ciao::tls {

void Transcript::add(ByteView message) {
  if (hash_) hash_->update(message);
  if (keeping_) pending_.insert(pending_.end(), message.begin(), message.end());
}

Result<void> Transcript::start(const Algorithms& algorithms, HashId hash) {
  TRY(start_keeping_messages(algorithms, hash));
  forget_messages();
  return {};
}

void Transcript::forget_messages() {
  pending_ = {};
  keeping_ = false;
}

Result<void> Transcript::start_keeping_messages(const Algorithms& algorithms, HashId hash) {
  if (hash_) {
    if (hash_->id() != hash) return internal_error();
    return {};
  }
  hash_.emplace(algorithms, hash);
  hash_->update(pending_);
  return {};
}

Result<void> Transcript::replace_with_message_hash(const Algorithms& algorithms) {
  const Digest first = TRY(hash());
  if (!hash_) return internal_error();
  return start_with_message_hash(algorithms, hash_->id(), first.view());
}

Result<void> Transcript::start_with_message_hash(const Algorithms& algorithms, HashId hash,
                                                 ByteView client_hello_hash) {
  const std::uint8_t header[] = {code(HandshakeType::message_hash), 0, 0,
                                 static_cast<std::uint8_t>(client_hello_hash.size())};
  forget_messages();
  hash_.emplace(algorithms, hash);
  hash_->update(header);
  hash_->update(client_hello_hash);
  return {};
}

Result<Digest> Transcript::hash() const {
  if (!hash_) return internal_error();
  return hash_->digest();
}

Result<Digest> Transcript::hash_with(const Algorithms& algorithms, HashId hash,
                                     ByteView more) const {
  if (hash_) {
    if (hash_->id() != hash) return internal_error();
    Hash copy(*hash_);
    copy.update(more);
    return copy.digest();
  }
  return hash_of(algorithms, hash, {pending_, more});
}

}  // namespace ciao::tls
