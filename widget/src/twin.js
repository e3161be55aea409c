/** A duplicated tab has a copy of what was kept, and would go on with the other tab's conversation. */

const NAME = 'anodyne-chat';

/**
 * Calls `isTaken` where another tab goes on with this one's conversation, which was there first. `sender()` is by what.
 */
export function findTwin(sender, isTaken) {
  // Frames of one tab share what is kept by right. Without channels, or where they are barred, nobody can tell.
  if (window !== top || !window.BroadcastChannel) return;
  let channel;
  const listen = () => {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = ({ data: { asks, taken } }) => {
      if (asks && asks === sender()) channel.postMessage({ taken: asks });
      if (taken && taken === sender() && asking) isTaken();
    };
  };
  let asking = true;
  listen();
  if (sender()) channel.postMessage({ asks: sender() });
  // Whoever was here a second ago has answered by then; who asks later is the newcomer.
  setTimeout(() => (asking = false), 1000);
  // An open channel would keep the page out of the browser's memory.
  addEventListener('pagehide', () => channel.close());
  addEventListener('pageshow', ({ persisted }) => persisted && listen());
}
