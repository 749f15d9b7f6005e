// Sessions by id, for the contexts of a process's threads: sharded, bounded, with timeouts.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "session/session.h"

namespace ciao::tls {

// Each operation holds one shard's lock at a time and calls nothing of the application's: sessions
// that go are handed back, so that callbacks run without a lock.
class SessionCache {
 public:
  using Sessions = std::vector<Ref<Session>>;

  SessionCache() = default;
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;

  // What insert() came to.
  struct Insertion {
    bool added = false;  // false: this very session is there already
    Sessions evicted;    // to stay within the limit
  };
  // Adds a session with an id, in place of another one with that id and version. With a limit other
  // than 0 the sessions that would end first give way until fewer than `limit` are left, though
  // never the new one: OpenSSL 3.0 counts a place for the session that comes next.
  Insertion insert(const Ref<Session>& session, std::size_t limit);
  // Null when there is none.
  Ref<Session> find(ProtocolVersion version, ByteView id) const;
  // Takes out the session that has the id and version of `session`; null when there is none.
  Ref<Session> remove(const Session& session);
  // Takes out what has expired at `now`.
  Sessions remove_expired(std::int64_t now);
  Sessions remove_all();
  Sessions all() const;
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kShards = 16;

  // The id is a copy: an application may change its session's.
  struct Key {
    ShortBytes<kMaxSessionIdSize> id;
    ProtocolVersion version = ProtocolVersion::unset;
    bool operator==(const Key& other) const {
      return version == other.version && equal(id.view(), other.id.view());
    }
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  // When an entry ends; equal ends are told apart by age.
  struct Place {
    std::int64_t end = 0;
    std::uint64_t number = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Entry {
    Ref<Session> session;
    Place place;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Key, Entry, KeyHash> entries;
    std::map<Place, Key> order;
    // The first place in `order`, for looking without the lock; valid while not empty.
    std::atomic<std::int64_t> first_end{0};
    std::atomic<std::uint64_t> first_number{kNothing};
  };
  static constexpr std::uint64_t kNothing = ~std::uint64_t{0};

  static Key key_of(ProtocolVersion version, ByteView id);
  Shard& shard_of(const Key& key) { return shards_[KeyHash()(key) % kShards]; }
  const Shard& shard_of(const Key& key) const { return shards_[KeyHash()(key) % kShards]; }
  static void publish_first(Shard& shard);
  Ref<Session> take(Shard& shard, const Key& key);
  // The session that ends first, unless it is number `keep`.
  Ref<Session> evict_first(std::uint64_t keep);
  template <class Goes>
  Sessions remove_if(Goes goes);

  std::array<Shard, kShards> shards_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> next_number_{0};
};

}  // namespace ciao::tls
