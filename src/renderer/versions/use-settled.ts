/** A value once it has stood still for a moment: a slider that is dragged asks only for where it stops. */
import { useEffect, useState } from 'react';

export const useSettled = <T>(value: T, ms = 150): T => {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
};
