import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Local ports from which a process is connected to a port of this machine, as the kernel tells it. Empty where the kernel has
 * no /proc.
 */
export function portsTowards(pid: number, port: number): Set<number> {
  const inodes = socketsOf(pid);
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readLines(file).slice(1));
  const ports = new Set<number>();
  for (const line of lines) {
    // sl, local address, remote address, state, queues, timer, retransmits, uid, time-out, inode
    const [, local = '', remote = '', , , , , , , inode = ''] = line.trim().split(/\s+/);
    if (portOf(remote) === port && inodes.has(inode)) ports.add(portOf(local));
  }
  return ports;
}

function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set<string>();
  for (const descriptor of list(folder)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${descriptor}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed in between.
    }
  }
  return inodes;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}

const portOf = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);
