#include "base/buffer.h"

#include <array>
#include <new>
#include <utility>

namespace ciao::tls {
namespace {

// Small content: handshake flights, single alerts, short records.
constexpr std::uint32_t kSmallSize = 2048;
// Holds the largest TLS 1.3 record (5 + 2^14 + 256) and the largest TLS 1.2 one (5 + 2^14 + 2048).
constexpr std::uint32_t kRecordSize = 18432;
// Two directions at once on one connection, and two to spare: more would keep memory that a quiet
// thread does not need.
constexpr std::size_t kPooledBlocks = 4;

class BufferPool {
 public:
  explicit constexpr BufferPool(std::uint32_t block_size) : block_size_(block_size) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool() {
    while (count_ > 0) delete[] blocks_[--count_];
    closed_ = true;
  }
  std::uint8_t* take() {
    if (count_ > 0) return blocks_[--count_];
    return new std::uint8_t[block_size_];
  }
  void give(std::uint8_t* block) {
    // Connections in static storage can outlive the pool of the main thread.
    if (closed_ || count_ == kPooledBlocks) {
      delete[] block;
    } else {
      blocks_[count_++] = block;
    }
  }

 private:
  std::uint32_t block_size_;
  std::array<std::uint8_t*, kPooledBlocks> blocks_{};
  std::size_t count_ = 0;
  bool closed_ = false;
};

struct BufferPools {
  BufferPool small{kSmallSize};
  BufferPool record{kRecordSize};
};
thread_local BufferPools pools;

std::uint8_t* allocate(std::size_t wanted, std::uint32_t& capacity) {
  if (wanted <= kSmallSize) {
    capacity = kSmallSize;
    return pools.small.take();
  }
  if (wanted <= kRecordSize) {
    capacity = kRecordSize;
    return pools.record.take();
  }
  capacity = static_cast<std::uint32_t>(wanted + wanted / 2);
  return new std::uint8_t[capacity];
}

}  // namespace

Buffer::Buffer(Buffer&& other) noexcept
    : block_(std::exchange(other.block_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)),
      head_(std::exchange(other.head_, 0)),
      tail_(std::exchange(other.tail_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(block_, other.block_);
  std::swap(capacity_, other.capacity_);
  std::swap(head_, other.head_);
  std::swap(tail_, other.tail_);
  return *this;
}

MutableBytes Buffer::reserve(std::size_t size) {
  if (head_ == tail_) head_ = tail_ = 0;
  if (capacity_ - tail_ >= size) return {block_ + tail_, capacity_ - tail_};
  if (head_ != 0 && capacity_ - this->size() >= size) {
    std::memmove(block_, block_ + head_, this->size());
  } else {
    std::uint32_t capacity = 0;
    std::uint8_t* block = allocate(this->size() + size, capacity);
    copy_bytes(block, view());
    const std::uint32_t kept = tail_ - head_;
    release();
    block_ = block;
    capacity_ = capacity;
    tail_ = kept;
    return {block_ + tail_, capacity_ - tail_};
  }
  tail_ -= head_;
  head_ = 0;
  return {block_ + tail_, capacity_ - tail_};
}

void Buffer::append(ByteView bytes) {
  copy_bytes(reserve(bytes.size()).data(), bytes);
  commit(bytes.size());
}

void Buffer::consume(std::size_t size) {
  head_ += static_cast<std::uint32_t>(size);
  if (head_ == tail_) head_ = tail_ = 0;
}

void Buffer::release() {
  if (block_ == nullptr) return;
  switch (capacity_) {
    case kSmallSize: pools.small.give(block_); break;
    case kRecordSize: pools.record.give(block_); break;
    default: delete[] block_;
  }
  block_ = nullptr;
  capacity_ = head_ = tail_ = 0;
}

}  // namespace ciao::tls
