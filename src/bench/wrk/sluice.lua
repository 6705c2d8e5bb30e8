-- The protocol of Sluice for cycle.lua.

LEASE = '"lease_id":"([^"]+)"'

function isPushed(body)
   return string.find(body, '"result":{"metadata"', 1, true) ~= nil
end

function isAcked(body)
   return string.find(body, '"result":{"ackCount"', 1, true) ~= nil
end

function ackedIn(body)
   if not string.find(body, '"warnings":{}', 1, true) then
      wrong = wrong + 1
   end
   return tonumber(string.match(body, '"ackCount":(%d+)'))
end

function ackOf(leases)
   return '{"acks":[{"lease_id":"' .. table.concat(leases, '"},{"lease_id":"') .. '"}]}'
end
