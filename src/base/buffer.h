// A queue of bytes in one block: record input, sealed output, reassembled messages.
#pragma once

#include <memory>

#include "base/bytes.h"

namespace ciao::tls {

// The block of an empty Buffer goes back to a pool of the running thread, so that idle connections
// hold no memory and busy ones allocate none (a record buffer is taken and given back once a
// record).
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  bool empty() const { return head_ == tail_; }
  std::size_t size() const { return tail_ - head_; }
  ByteView view() const { return {block_ + head_, size()}; }
  MutableBytes bytes() { return {block_ + head_, size()}; }

  // Room for at least `size` more bytes behind the content. Valid until the next call that is not
  // commit(). Throws std::bad_alloc.
  MutableBytes reserve(std::size_t size);
  // The first `size` bytes of the reserved room have been written.
  void commit(std::size_t size) { tail_ += static_cast<std::uint32_t>(size); }
  void append(ByteView bytes);
  // Drops `size` bytes from the front.
  void consume(std::size_t size);
  // Drops the content; the block stays.
  void clear() { head_ = tail_ = 0; }
  // Drops content and block.
  void release();
  void release_if_empty() {
    if (empty() && block_ != nullptr) release();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  std::uint8_t* block_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t head_ = 0;
  std::uint32_t tail_ = 0;
};

}  // namespace ciao::tls
