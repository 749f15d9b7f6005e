#include "session/session_cache.h"

#include <functional>
#include <string_view>

namespace ciao::tls {

std::size_t SessionCache::KeyHash::operator()(const Key& key) const {
  const std::size_t hash = std::hash<std::string_view>()(as_text(key.id.view()));
  return hash ^ code(key.version);
}

SessionCache::Key SessionCache::key_of(ProtocolVersion version, ByteView id) {
  Key key;
  key.id.assign(id);
  key.version = version;
  return key;
}

void SessionCache::publish_first(Shard& shard) {
  const bool empty = shard.order.empty();
  const Place first = empty ? Place{0, kNothing} : shard.order.begin()->first;
  shard.first_end.store(first.end, std::memory_order_relaxed);
  shard.first_number.store(first.number, std::memory_order_relaxed);
}

// With the shard's lock held.
Ref<Session> SessionCache::take(Shard& shard, const Key& key) {
  const auto found = shard.entries.find(key);
  if (found == shard.entries.end()) return nullptr;
  Ref<Session> session = std::move(found->second.session);
  shard.order.erase(found->second.place);
  shard.entries.erase(found);
  publish_first(shard);
  size_.fetch_sub(1, std::memory_order_relaxed);
  return session;
}

SessionCache::Insertion SessionCache::insert(const Ref<Session>& session, std::size_t limit) {
  Insertion result;
  const Key key = key_of(session->version, session->id.view());
  const Place place{session->expires_at(), next_number_.fetch_add(1, std::memory_order_relaxed)};
  Shard& shard = shard_of(key);
  Ref<Session> displaced;  // dies after the lock
  // Made first: once the entry is there, nothing may fail any more.
  std::map<Place, Key> prepared{{place, key}};
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(key);
    result.added = found == shard.entries.end() || found->second.session.get() != session.get();
    displaced = take(shard, key);
    shard.entries.emplace(key, Entry{session, place});
    shard.order.insert(prepared.extract(place));
    size_.fetch_add(1, std::memory_order_relaxed);
    publish_first(shard);
  }
  while (limit != 0 && size() >= limit) {
    Ref<Session> gone = evict_first(place.number);
    if (!gone) break;
    result.evicted.push_back(std::move(gone));
  }
  return result;
}

Ref<Session> SessionCache::evict_first(std::uint64_t keep) {
  Shard* shard = nullptr;
  Shard* shard_of_kept = nullptr;
  Place first;
  for (Shard& each : shards_) {
    const Place place{each.first_end.load(std::memory_order_relaxed),
                      each.first_number.load(std::memory_order_relaxed)};
    if (place.number == kNothing) continue;
    if (place.number == keep) {
      shard_of_kept = &each;
    } else if (shard == nullptr || place < first) {
      shard = &each;
      first = place;
    }
  }
  if (shard == nullptr) shard = shard_of_kept;
  if (shard == nullptr) return nullptr;
  const std::lock_guard lock(shard->mutex);
  // Another thread may have taken the one that was seen: whatever is first now goes.
  auto victim = shard->order.begin();
  if (victim != shard->order.end() && victim->first.number == keep) ++victim;
  if (victim == shard->order.end()) return nullptr;
  const Key key = victim->second;
  return take(*shard, key);
}

Ref<Session> SessionCache::find(ProtocolVersion version, ByteView id) const {
  if (id.size() > kMaxSessionIdSize) return nullptr;
  const Key key = key_of(version, id);
  const Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(key);
  return found == shard.entries.end() ? Ref<Session>() : found->second.session;
}

Ref<Session> SessionCache::remove(const Session& session) {
  const Key key = key_of(session.version, session.id.view());
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  return take(shard, key);
}

template <class Goes>
SessionCache::Sessions SessionCache::remove_if(Goes goes) {
  Sessions gone;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    // In the order in which they end; asked for anew, since an application may have changed a
    // session's times after it was added.
    for (auto each = shard.order.begin(); each != shard.order.end();) {
      const auto entry = shard.entries.find(each->second);
      if (!goes(*entry->second.session)) {
        ++each;
        continue;
      }
      gone.push_back(std::move(entry->second.session));
      shard.entries.erase(entry);
      each = shard.order.erase(each);
      size_.fetch_sub(1, std::memory_order_relaxed);
    }
    publish_first(shard);
  }
  return gone;
}

SessionCache::Sessions SessionCache::remove_expired(std::int64_t now) {
  return remove_if([now](const Session& session) { return session.expired(now); });
}

SessionCache::Sessions SessionCache::remove_all() {
  return remove_if([](const Session&) { return true; });
}

SessionCache::Sessions SessionCache::all() const {
  Sessions sessions;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& entry : shard.entries) sessions.push_back(entry.second.session);
  }
  return sessions;
}

}  // namespace ciao::tls
