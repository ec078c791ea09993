# Sourced by `up`: the network namespace, and a wire from it to the machine, for kubectl and the tests.

ip netns add "$NETWORK"
inside=(ip -n "$NETWORK")
"${inside[@]}" link set lo up
ip link add "$NETWORK" type veth peer name eth0 netns "$NETWORK"
ip addr add "$OUTSIDE/30" dev "$NETWORK"
ip link set "$NETWORK" up
"${inside[@]}" addr add "$INSIDE/30" dev eth0
"${inside[@]}" link set eth0 up
# Nothing out there is let in by it; kubelet and API server want one all the same.
"${inside[@]}" route add default via "$OUTSIDE"
nsenter --net="/run/netns/$NETWORK" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
